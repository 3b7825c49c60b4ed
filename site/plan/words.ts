import type { Band, ExpectedTime, WorkKind } from "diffusion-cache";

/** Bytes in GiB, as GPUs are sold: "27.3 GiB". */
export const inGib = (bytes: number): string => {
  const gib = bytes / 2 ** 30;
  if (gib > 0 && gib < 0.1) return `${(bytes / 2 ** 20).toPrecision(2)} MiB`;
  return `${gib.toFixed(gib < 10 ? 2 : gib < 100 ? 1 : 0)} GiB`;
};

export const inTimes = (value: number): string => `${value.toFixed(2)}×`;

/** "1.17 to 1.22×" */
export const bandInTimes = ([low, high]: Band): string =>
  low.toFixed(2) === high.toFixed(2) ? inTimes(high) : `${low.toFixed(2)} to ${inTimes(high)}`;

const short = (seconds: number): string => {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  return seconds < 600 ? `${Math.round(seconds)} s` : `${(seconds / 60).toFixed(seconds < 6000 ? 1 : 0)} min`;
};

/** "48 to 61 s", "at least 20 s" */
export const bandInSeconds = ([low, high]: Band): string => {
  if (high === Number.POSITIVE_INFINITY) return `at least ${short(low)}`;
  return short(low) === short(high) ? short(low) : `${short(low)} to ${short(high)}`;
};

export const basisWords: Readonly<Record<ExpectedTime["basis"], string>> = {
  typed: "from your uncached time",
  group: "as published runs on this GPU, ±20 %",
  nvidia: "as published runs on NVIDIA GPUs, ×/÷ 1.5",
  bound: "a lower bound from the data sheet: no run is published",
};

export const kindWords: Readonly<Record<WorkKind, string>> = {
  embed: "embedding",
  modulation: "modulation",
  "spatial-attention": "spatial attention",
  "temporal-attention": "temporal attention",
  "self-attention": "self-attention",
  "joint-attention": "joint attention",
  "cross-attention": "cross-attention",
  "feed-forward": "feed-forward",
  head: "head",
};
