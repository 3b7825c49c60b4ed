// Writes the recorded table of methods into the README, between its marks. Part of npm run record.
import { readFileSync, writeFileSync } from "node:fs";
import { benchFigures, benchReportFromJson, readInfinity } from "../dist/lib/index.js";

const recorded = "site/public/recorded/trade-offs.json";
const figures = benchFigures(benchReportFromJson(JSON.parse(readFileSync(recorded, "utf8"), readInfinity), recorded));
const decibels = (psnr: number): string => (Number.isFinite(psnr) ? psnr.toFixed(1) : "equal");
const rows = figures
  .filter(({ row }) => row.kind === "cached")
  .toSorted((a, b) => b.speedup - a.speedup)
  .map(({ row, speedup, psnr, gain, cacheBytes }): string => {
    const rival = gain === undefined ? "" : decibels(psnr - gain);
    return `| ${[row.method, speedup.toFixed(2), decibels(psnr), rival, `${(cacheBytes / 1024).toFixed(0)} KiB`].join(" | ")} |`;
  });
const table = [
  "| Method | Speed-up | PSNR, dB | PSNR of fewer steps in the same time, dB | Cache |",
  "| --- | ---: | ---: | ---: | ---: |",
  ...rows,
];
const readme = readFileSync("README.md", "utf8");
const filled = readme.replace(/(<!-- table -->\n)[\s\S]*?(\n<!-- \/table -->)/, `$1\n${table.join("\n")}\n$2`);
if (filled === readme && !readme.includes(table.join("\n"))) throw new Error("README.md has no <!-- table --> marks.");
writeFileSync("README.md", filled);
