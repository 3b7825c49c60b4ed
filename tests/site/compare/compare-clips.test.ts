import { readdirSync, readFileSync } from "node:fs";
import { PNG } from "pngjs";
import { describe, expect, test } from "vitest";
import type { ClipReader } from "../../../site/compare/clip-reader.js";
import { compareOwn } from "../../../site/compare/compare-clips.js";
import type { FrameMeasures } from "../../../site/compare/frame-measures.js";

const folder = "tests/fixtures/own-clips";
const picture = (file: string): ImageData => {
  const { width, height, data } = PNG.sync.read(readFileSync(file));
  return { width, height, data: new Uint8ClampedArray(data) } as unknown as ImageData;
};
const reader = (name: string, pictures: readonly ImageData[]): ClipReader => ({
  ...{ name, count: pictures.length },
  async *frames() {
    yield* pictures;
  },
  frame: async (at) => pictures[at] as ImageData,
});
const kept = (name: string): ImageData[] =>
  readdirSync(`${folder}/clips/${name}`)
    .toSorted()
    .map((file) => picture(`${folder}/clips/${name}/${file}`));
const report = JSON.parse(readFileSync(`${folder}/report.json`, "utf8"));
const none = (): void => undefined;

test("clips that diffusers made and Python saved: figures as numpy has them, frame by frame and as a whole", async () => {
  const frames: FrameMeasures[] = [];
  const places: number[] = [];
  const total = await compareOwn(
    [reader("uncached", kept("uncached")), reader("pab", kept("pab"))],
    (found, at, of) => {
      frames.push(found);
      places.push(at / of);
    },
  );
  expect(places).toEqual([0, 0.25, 0.5, 0.75]);
  expect(total.psnr).toBeCloseTo(report.psnr, 4);
  for (const [at, { psnr }] of frames.entries()) expect(psnr).toBeCloseTo(report.framePsnr[at], 4);
  expect(total.maxError).toBeCloseTo(report.maxError, 6);
  expect(total.temporalError).toBeCloseTo(report.temporalError, 6);
  expect(total.flickerIndex).toBeCloseTo(report.flickerIndex, 5);
});

describe("clips that cannot be compared", () => {
  const [first = {} as ImageData, ...more] = kept("uncached");

  test("numbers of frames differ", async () => {
    const pair = [reader("uncached", [first, ...more]), reader("pab", [first])] as const;
    await expect(compareOwn(pair, none)).rejects.toMatchObject({
      ...{ kind: "counts", message: "pab has 1 frame and uncached has 4." },
      hint: "Compare runs of the same number of frames.",
    });
  });

  test.each([
    ["widths", 16, 32],
    ["heights", 32, 16],
  ])("%s differ, also behind the first frame", async (_, width, height) => {
    const other = { ...first, width, height } as ImageData;
    const pair = [reader("uncached", [first, first]), reader("pab", [first, other])] as const;
    await expect(compareOwn(pair, none)).rejects.toMatchObject({
      ...{ kind: "sizes", message: `Frame 2 of pab is ${width} × ${height} and of uncached 32 × 32.` },
    });
  });

  test("frames that are too small for the window of SSIM", async () => {
    const tiny = { width: 8, height: 8, data: new Uint8ClampedArray(256) } as unknown as ImageData;
    const other = { ...tiny, data: new Uint8ClampedArray(256).fill(9) } as unknown as ImageData;
    const pair = [reader("uncached", [tiny]), reader("pab", [other])] as const;
    await expect(compareOwn(pair, none)).rejects.toThrow("SSIM needs frames of at least 11 × 11 pixels");
  });
});
