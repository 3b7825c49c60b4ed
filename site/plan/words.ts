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

const number = (value: number): string => (value < 9.95 ? value.toFixed(1) : String(Math.round(value)));

/** "48 to 61 s", "52 to 75 min", "at least 20 s" */
export const bandInSeconds = ([low, high]: Band): string => {
  const [scale, unit] = low < 300 ? [1, "s"] : [60, "min"];
  const [first, last] = [number(low / scale), number(high / scale)];
  if (high === Number.POSITIVE_INFINITY) return `at least ${first} ${unit}`;
  return first === last ? `${first} ${unit}` : `${first} to ${last} ${unit}`;
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
