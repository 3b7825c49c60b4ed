import { compareClips, createWorkerEngine, fora } from "diffusion-cache";

const engine = await createWorkerEngine({ model: "/models/latte-motion-nano" });
const asked = { prompt: "a small blue square moving up on a white background", seed: 1, steps: 12 };
const uncached = await engine.generate(asked);

export const rows: Record<string, string | number>[] = [];
for (const interval of [2, 3, 4]) {
  const { clip, trace } = await engine.generate({ ...asked, cache: [fora({ interval })] });
  const { psnr } = compareClips(uncached.clip, clip);
  rows.push({ interval, psnr, seconds: trace.totals.wallMs / 1000 });
}
display(rows);
