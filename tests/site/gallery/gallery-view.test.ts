import { expect, test } from "vitest";
import {
  inFigures,
  inStrengths,
  type ShownGallery,
  type ShownStrip,
  tilesOf,
} from "../../../site/gallery/gallery-view.js";

const strip = (title: string, row: number, figures: readonly (readonly [number, number])[]): ShownStrip => ({
  ...{
    method: title.toLowerCase(),
    example: title,
    title,
    strengths: ["gentle"],
    link: null,
    cannot: [],
    row,
    rows: 2,
  },
  figures: figures.map(([ideal, psnr]) => ({ ideal, psnr, ssim: 1, skipped: 0.5 })),
});
const equal = Number.POSITIVE_INFINITY;
const gallery = {
  prompts: [
    { prompt: "a star", seed: 5 },
    { prompt: "a ring", seed: 12 },
  ],
  strips: [
    strip("Zeta", 1, [
      [4, 20],
      [4, 30],
    ]),
    strip("Zeta", 0, [
      [2, 35],
      [2, 36],
    ]),
    strip("Alpha", 0, [
      [1, equal],
      [1, equal],
    ]),
  ],
} as unknown as ShownGallery;
const said = (choice: Partial<Parameters<typeof tilesOf>[1]>): string[] =>
  tilesOf(gallery, { prompt: "all", method: "all", order: "method", ...choice }).map(
    ({ strip, at }) => `${strip.title} ${strip.row} ${at}`,
  );

test("by method: names, then prompts, then from the gentlest setting", () => {
  expect(said({})).toEqual(["Alpha 0 0", "Alpha 0 1", "Zeta 0 0", "Zeta 1 0", "Zeta 0 1", "Zeta 1 1"]);
});

test("by quality: equal clips first; by speed: the fastest first", () => {
  expect(said({ order: "psnr", prompt: 1 })).toEqual(["Alpha 0 1", "Zeta 0 1", "Zeta 1 1"]);
  expect(said({ order: "ideal", prompt: 0 })).toEqual(["Zeta 1 0", "Zeta 0 0", "Alpha 0 0"]);
});

test("one method, one prompt", () => {
  expect(said({ method: "zeta", prompt: 0 })).toEqual(["Zeta 0 0", "Zeta 1 0"]);
});

test("figures in words", () => {
  expect(inFigures({ ideal: 2.345, psnr: 35.04, ssim: 1, skipped: 0.678 })).toEqual([
    "2.35×",
    "35.0 dB",
    "68 % skipped",
  ]);
  expect(inFigures({ ideal: 1, psnr: equal, ssim: 1, skipped: 0 })[1]).toBe("equal");
});

test("presets that are one setting", () => {
  expect(inStrengths({ strengths: ["gentle"] })).toBe("gentle");
  expect(inStrengths({ strengths: ["gentle", "balanced", "strong"] })).toBe("gentle to strong");
});
