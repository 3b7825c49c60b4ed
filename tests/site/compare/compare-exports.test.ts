import { readInfinity } from "diffusion-cache";
import { expect, test } from "vitest";
import { type ComparedClip, compareExports, inWords, ownMeasures } from "../../../site/compare/compare-exports.js";

const first = { psnr: 30.25, ssim: 0.9, msSsim: 0.95, msSsimScales: 2, flip: 0.05, maxError: 0.5 };
const second = { ...first, psnr: Number.POSITIVE_INFINITY, temporalError: 0.01, flickerIndex: 0.5 };
const clips: readonly ComparedClip[] = [
  { name: 'pab, "3"', frames: [first, second], total: { ...second, psnr: 33.25 } },
  { name: "half", frames: [first] },
  { name: "none", frames: [], failure: new Error("none has 1 frame.") },
];

test("a line for each clip that was compared to its end", () => {
  expect(compareExports.clips.text("uncached", clips)).toBe(
    "clip,frames,psnr_db,ssim,ms_ssim,temporal_error,flicker_index,flip,max_error\r\n" +
      '"pab, ""3""",2,33.25,0.9,0.95,0.01,0.5,0.05,0.5\r\n',
  );
});

test("a line for each frame; what it has not is empty, and equal frames are inf", () => {
  expect(compareExports.frames.text("uncached", clips).split("\r\n").slice(1)).toEqual([
    '"pab, ""3""",0,30.25,0.9,0.95,,,0.05,0.5',
    '"pab, ""3""",1,inf,0.9,0.95,0.01,0.5,0.05,0.5',
    "half,0,30.25,0.9,0.95,,,0.05,0.5",
    "",
  ]);
});

test("everything, as JSON that can be read back", () => {
  expect(JSON.parse(compareExports.all.text("uncached", clips), readInfinity)).toEqual({
    ...{ format: "diffusion-cache/comparison", version: 1, reference: "uncached" },
    clips: [{ name: 'pab, "3"', total: { ...second, psnr: 33.25 }, frames: [first, second] }],
  });
});

test("every measure that a clip without latents has is in the table", () => {
  expect(ownMeasures.map(({ name }) => name)).toEqual([
    "psnr",
    "ssim",
    "msSsim",
    "temporalError",
    "flickerIndex",
    "flip",
    "maxError",
  ]);
  expect(inWords(30.25, { digits: 1, unit: "dB" })).toBe("30.3 dB");
  expect(inWords(Number.POSITIVE_INFINITY, { digits: 1, unit: "" })).toBe("∞");
  expect(inWords(undefined, { digits: 1, unit: "dB" })).toBe("");
});
