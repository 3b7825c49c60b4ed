// Draws PAB's decisions as the README shows them: npm run picture
import { writeFileSync } from "node:fs";
import { dryRun, pab, schedulerFromConfig } from "../dist/lib/index.js";

const steps = 40;
const { timesteps } = schedulerFromConfig({ _class_name: "DDIMScheduler", timestep_spacing: "trailing" }, steps);
const method = pab({
  spatialAttentionBlockSkipRange: 2,
  temporalAttentionBlockSkipRange: 4,
  crossAttentionBlockSkipRange: 6,
});
const named = {
  "spatial-attention": "spatial attention",
  "temporal-attention": "temporal attention",
  "cross-attention": "cross-attention",
};
const rows = dryRun({ methods: [method], timesteps }).flatMap(({ kind, computed }) =>
  kind in named ? [{ label: named[kind as keyof typeof named], computed }] : [],
);

const [cell, gap, left, top] = [14, 3, 150, 34];
const width = left + steps * (cell + gap) + 10;
const height = top + rows.length * (cell + 12) + 24;
const squares = rows.map(({ label, computed }, row) => {
  const y = top + row * (cell + 12);
  const cells = [...computed].map(
    (value, step) =>
      `<rect x="${left + step * (cell + gap)}" y="${y}" width="${cell}" height="${cell}" rx="2" fill="${value === "1" ? "#0f766e" : "#b9dcd7"}"/>`,
  );
  return `<text x="${left - 10}" y="${y + cell - 3}" text-anchor="end">${label}</text>${cells.join("")}`;
});
writeFileSync(
  "site/public/pab-grid.svg",
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Which steps of a 40-step run Pyramid Attention Broadcast computes and which it reuses" font-family="system-ui, sans-serif" font-size="13" fill="#4b5563">
<rect width="100%" height="100%" rx="8" fill="#f8faf9"/>
<text x="${left}" y="20">noise</text><text x="${width - 10}" y="20" text-anchor="end">clip</text>
${squares.join("\n")}
<text x="${left}" y="${height - 8}">dark: attention computed; light: an earlier step's output reused</text>
</svg>
`,
);
