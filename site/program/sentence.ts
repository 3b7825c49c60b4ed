import { isDisturbed, type Quality } from "diffusion-cache";
import { inMemory, inTime } from "../page/bytes.js";
import type { Measured } from "./example-module.js";
import { speedup, timesAsFast } from "./summary.js";

/** How alike two clips look, by SSIM. The bounds are rules of thumb, so the number stands beside the words. */
const likeness = ({ ssim, psnr }: Quality): string => {
  if (psnr === Number.POSITIVE_INFINITY) return "is the uncached one, bit for bit";
  if (ssim > 0.99) return "can hardly be told from the uncached one";
  if (ssim > 0.95) return "differs in small details";
  if (ssim > 0.85) return "differs visibly";
  return "is a different clip";
};

/**
 * What happened, in one sentence: decisions, time, memory, quality.
 *
 * @param ideal the ideal speed-up, where it is known: a measured one above it is not said
 */
export const sentenceOf = (measured: Measured, ideal = Number.POSITIVE_INFINITY): string => {
  const { uncached, cached, quality } = measured;
  const { visits, totals, backend } = cached.trace;
  const spared = visits.filter(({ decision }) => decision !== "compute");
  const gain = speedup(measured);
  const time = `${inTime(totals.wallMs)} instead of ${inTime(uncached.trace.totals.wallMs)}`;
  const faster = isDisturbed(gain, ideal)
    ? "a disturbed measurement, since the ideal is less: run again"
    : gain > 1.02
      ? timesAsFast(gain)
      : gain < 0.98
        ? "slower"
        : "no faster";
  const verbs = { reuse: "reused", forecast: "forecast" } as const;
  const did = (["reuse", "forecast"] as const).filter((one) => spared.some(({ decision }) => decision === one));
  if (spared.length === 0) return `With these settings nothing was reused, so both runs computed the same (${time}).`;
  return (
    `The cached run ${did.map((one) => verbs[one]).join(" or ")} ${spared.length} of ${visits.length} features instead of computing them and took ${time} on ${backend.description} ` +
    `(${faster}), kept at most ${inMemory(totals.bytes.peak.cache)}, and its clip ${likeness(quality)} ` +
    `(SSIM ${quality.ssim.toFixed(3)}).`
  );
};
