import { inMemory, inTime } from "../page/bytes.js";
import type { Measured } from "./example-module.js";

/** The cells of the summary under a run, in order; there before the run, so that nothing moves when it ends. */
export const summaryFields = [
  { key: "uncached", label: "Time uncached", help: "First step to last, without loading and compiling" },
  { key: "cached", label: "Time cached", help: "First step to last, without loading and compiling" },
  { key: "speedup", label: "Speed-up, measured", help: "Time uncached over time cached" },
  {
    key: "ideal",
    label: "Speed-up, ideal",
    help: "If the reused sites cost nothing, from the measured time of each site",
  },
  { key: "share", label: "Measured of ideal", help: "How much of the possible saving of time this engine reaches" },
  { key: "psnr", label: "PSNR", help: "Against the uncached clip, higher is closer" },
  { key: "ssim", label: "SSIM", help: "Against the uncached clip, 1 is equal" },
  { key: "error", label: "Largest error", help: "Of any pixel and channel, over 0 … 1" },
  {
    key: "shown",
    label: "As asked, uncached",
    help: "Colour, size, shape, motion and background, read from the pixels",
  },
  { key: "kept", label: "As asked, cached", help: "The same, of the cached clip" },
  { key: "cacheBytes", label: "Cache, at most", help: "Kept features at their peak" },
  { key: "weights", label: "Weights", help: "Bytes held by the engine" },
  {
    key: "activations",
    label: "Activations, at most",
    help: "Outputs of the largest graph, as the engine allocated them",
  },
  { key: "workspace", label: "Workspace, at most", help: "Buffers for decisions and copies" },
] as const;

export type SummaryKey = (typeof summaryFields)[number]["key"];

const decibels = (psnr: number): string => (Number.isFinite(psnr) ? `${psnr.toFixed(1)} dB` : "∞ (equal)");

export const speedup = ({ uncached, cached }: Measured): number =>
  uncached.trace.totals.wallMs / cached.trace.totals.wallMs;

/** What the cells say after a run, except for the ideal speed-up, which needs a measurement of its own. */
export const summaryOf = (measured: Measured): Partial<Record<SummaryKey, string>> => {
  const { uncached, cached, quality } = measured;
  const { peak } = cached.trace.totals.bytes;
  return {
    uncached: inTime(uncached.trace.totals.wallMs),
    cached: inTime(cached.trace.totals.wallMs),
    speedup: `${speedup(measured).toFixed(2)} ×`,
    psnr: decibels(quality.psnr),
    ssim: quality.ssim.toFixed(4),
    error: quality.maxError.toFixed(3),
    cacheBytes: inMemory(peak.cache),
    weights: inMemory(peak.weights),
    activations: inMemory(peak.activations),
    workspace: inMemory(peak.workspace),
  };
};

/**
 * More than the ideal cannot be: then something else kept the processor busy during one of the measurements, and the
 * cell says so instead of boasting.
 */
const shareOf = (measured: number, ideal: number): string => {
  const percent = Math.round((100 * measured) / ideal);
  return percent > 105 ? `${percent} %: disturbed, run again` : `${percent} %`;
};

export const idealOf = (measured: Measured, ideal: number): Partial<Record<SummaryKey, string>> => ({
  ideal: `${ideal.toFixed(2)} ×`,
  share: shareOf(speedup(measured), ideal),
});
