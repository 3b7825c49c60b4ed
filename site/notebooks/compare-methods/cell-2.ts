import { compareClips, fora, pab } from "diffusion-cache";
import { asked, engine, uncached } from "./cell-1";

const methods = [
  pab({ spatialAttentionBlockSkipRange: 2, temporalAttentionBlockSkipRange: 3, crossAttentionBlockSkipRange: 6 }),
  fora({ interval: 2 }),
];

export const rows: Record<string, string | number>[] = [];
for (const method of methods) {
  const result = await engine.generate({ ...asked, cache: [method] });
  const { psnr, ssim } = compareClips(uncached.clip, result.clip);
  const { wallMs, bytes } = result.trace.totals;
  rows.push({
    method: method.name,
    seconds: wallMs / 1000,
    "speed-up": uncached.trace.totals.wallMs / wallMs,
    PSNR: psnr,
    SSIM: ssim,
    "cache, MiB": bytes.peak.cache / 2 ** 20,
  });
  display(result);
}
display(rows);
