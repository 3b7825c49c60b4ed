import type { Judged, Published } from "./published.js";

// How figures of the literature are written in a table.

/** Seconds as their source has them, minutes from ten on. */
export const timeText = (seconds: number): string =>
  seconds < 600 ? `${Number(seconds.toPrecision(4))} s` : `${Number((seconds / 60).toFixed(1))} min`;

export const timesText = ({ base, seconds }: Published): string =>
  seconds === undefined
    ? ""
    : base.seconds === undefined
      ? timeText(seconds)
      : `${timeText(base.seconds)} → ${timeText(seconds)}`;

export const speedText = ({ speedup, flops }: Published): string =>
  [speedup?.toFixed(2), flops && `${flops.toFixed(2)} in FLOPs`].filter(Boolean).join(", ");

const fromTo = (before: number | undefined, after: number | undefined, unit: string): string =>
  after === undefined ? "" : `${before === undefined ? "" : `${before.toFixed(1)} → `}${after.toFixed(1)} ${unit}`;

export const memoryText = ({ base, gib, gb }: Published): string =>
  fromTo(base.gib, gib, "GiB") || fromTo(base.gb, gb, "GB");

export const deviceText = ({ device, doubt }: Published): string =>
  `${device === "not named" ? "" : device}${doubt === undefined ? "" : `; doubtful: ${doubt}`}`;

const judged: readonly (readonly [key: keyof Judged, label: string, digits: number, fromBase: boolean])[] = [
  ["psnr", "PSNR", 2, false],
  ["ssim", "SSIM", 3, false],
  ["lpips", "LPIPS", 3, false],
  ["vbench", "VBench", 2, true],
  ["imageReward", "ImageReward", 3, true],
  ["clip", "CLIP", 2, true],
  ["fid", "FID", 2, true],
];

/** Distances to the uncached output as they are; scores that judge alone beside that of the uncached run. */
export const qualityText = ({ quality, base }: Published): string =>
  judged
    .flatMap(([key, label, digits, fromBase]) => {
      const value = quality[key];
      if (value === undefined) return [];
      const before = fromBase && base[key] !== undefined ? ` (base ${base[key].toFixed(digits)})` : "";
      return [`${label} ${value.toFixed(digits)}${before}`];
    })
    .join(", ");

export const subjectText = ({ model, setting, at }: Published): string =>
  [model, setting, at].filter(Boolean).join(", ");
