import { compareClips, fora, pab, type Result, taylorSeer } from "diffusion-cache";
import { asked, engine, own, uncached } from "./cell-2";

const row = (name: string, { clip, trace }: Result) => {
  const { psnr, ssim } = compareClips(uncached.clip, clip);
  const decided = trace.visits.filter(({ decision }) => decision !== "compute").length;
  return {
    method: name,
    seconds: trace.totals.wallMs / 1000,
    "speed-up": uncached.trace.totals.wallMs / trace.totals.wallMs,
    PSNR: psnr,
    SSIM: ssim,
    "skipped, %": trace.visits.length ? (100 * decided) / trace.visits.length : 0,
  };
};

const rows = [row("no cache", uncached), row("middle-half", own)];
for (const method of [
  pab({ spatialAttentionBlockSkipRange: 2 }),
  fora({ interval: 2 }),
  taylorSeer({ cacheInterval: 2 }),
])
  rows.push(row(method.name, await engine.generate({ ...asked, cache: [method] })));
display(rows);
