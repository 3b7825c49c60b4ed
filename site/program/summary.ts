import { type FurtherMeasures, isDisturbed, measures, type Quality } from "diffusion-cache";
import { inMemory, inTime } from "../page/bytes.js";
import type { Measured } from "./example-module.js";

/** Measures beyond PSNR and SSIM: the field of a quality is the key of its cell. */
const further = measures.flatMap(({ name, title, help, digits }) =>
  name === "psnr" || name === "ssim" ? [] : [{ key: name satisfies keyof FurtherMeasures, label: title, help, digits }],
);

/** The cells of the summary under a run, in order; there before the run, so that nothing moves when it ends. */
export const summaryFields = [
  { key: "uncached", label: "Time uncached", help: "First step to last, without loading and compiling" },
  { key: "cached", label: "Time cached", help: "First step to last, without loading and compiling" },
  { key: "speedup", label: "Speed-up, measured", help: "Time uncached over time cached" },
  { key: "decode", label: "Decoding, apart", help: "Latents to pixels, of each clip; no part of the times above" },
  {
    key: "ideal",
    label: "Speed-up, ideal",
    help: "If the reused sites cost nothing, from the measured time of each site",
  },
  { key: "share", label: "Measured of ideal", help: "How much of the possible saving of time this engine reaches" },
  { key: "skipped", label: "Skipped", help: "Features that were reused or forecast instead of computed" },
  { key: "psnr", label: "PSNR", help: "Against the uncached clip, higher is closer" },
  { key: "ssim", label: "SSIM", help: "Against the uncached clip, 1 is equal" },
  ...further,
  { key: "error", label: "Largest error", help: "Of any pixel and channel, over 0 … 1" },
  {
    key: "shown",
    label: "As asked, uncached",
    help: "Each word of the prompt that a clip can show, read from the pixels",
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

/** "1.87 times as fast" */
export const timesAsFast = (gain: number): string => `${gain.toFixed(2)} times as fast`;

/** The share of features that were not computed, 0 … 1. */
const skippedOf = ({ cached }: Measured): number => {
  const { visits } = cached.trace;
  return visits.filter(({ decision }) => decision !== "compute").length / Math.max(1, visits.length);
};

/** What each further measure says; of a single frame there is nothing in time. */
const furtherCells = (quality: Quality): Partial<Record<keyof FurtherMeasures, string>> =>
  Object.fromEntries(
    further.flatMap(({ key, digits }) => {
      const value = quality[key];
      const scales = key === "msSsim" && (quality.msSsimScales ?? 5) < 5 ? ` (${quality.msSsimScales} scales)` : "";
      if (value !== undefined) return [[key, `${value.toFixed(digits)}${scales}`]];
      return quality.msSsim !== undefined && /temporal|flicker/.test(key) ? [[key, "one frame only"]] : [];
    }),
  );

/** A speed-up as measured: with the spread of several pairs. */
const measuredText = (measured: number, all: readonly number[]): string => {
  const [low, high] = [all[0], all.at(-1)];
  const spread = all.length > 1 ? ` (${low?.toFixed(2)} to ${high?.toFixed(2)})` : "";
  return `${measured.toFixed(2)} ×${spread}`;
};

/**
 * What the cells say after a run, except for the ideal speed-up, which needs a measurement of its own.
 *
 * @param speedups of all pairs, ascending, where the pair was made several times
 */
export const summaryOf = (
  measured: Measured,
  speedups: readonly number[] = [],
): Partial<Record<SummaryKey, string>> => {
  const { uncached, cached, quality } = measured;
  const { bytes, decodeMs } = cached.trace.totals;
  const { peak } = bytes;
  return {
    decode: decodeMs === undefined ? "none" : inTime(decodeMs),
    uncached: inTime(uncached.trace.totals.wallMs),
    cached: inTime(cached.trace.totals.wallMs),
    speedup: measuredText(speedup(measured), speedups),
    skipped: `${Math.round(100 * skippedOf(measured))} %`,
    psnr: decibels(quality.psnr),
    ssim: quality.ssim.toFixed(4),
    ...furtherCells(quality),
    error: quality.maxError.toFixed(3),
    cacheBytes: inMemory(peak.cache),
    weights: inMemory(peak.weights),
    activations: inMemory(peak.activations),
    workspace: inMemory(peak.workspace),
  };
};

/** The cells that the ideal speed-up adds; a disturbed measurement is called one in place of its figure. */
export const idealOf = (measured: Measured, ideal: number): Partial<Record<SummaryKey, string>> => {
  const gain = speedup(measured);
  const cells = { ideal: `${ideal.toFixed(2)} ×`, share: `${Math.round((100 * gain) / ideal)} %` };
  return isDisturbed(gain, ideal) ? { ...cells, speedup: "disturbed", share: "disturbed: run again" } : cells;
};
