import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type ClipReading, readClip } from "../../src/engine/metrics/adherence.js";
import type { Domain } from "../../src/engine/metrics/domain.js";

// Clips and the words that training/adherence.py reads in them (tests/reference/adherence.py).

const { dims, rendered, prompts, readings } = JSON.parse(readFileSync("tests/fixtures/adherence.json", "utf8")) as {
  readonly dims: readonly number[];
  readonly rendered: number;
  readonly prompts: readonly ClipReading[];
  readonly readings: readonly ClipReading[];
};
const { domain } = JSON.parse(readFileSync("site/public/models/latte-motion-nano/text/vocabulary.json", "utf8")) as {
  readonly domain: Domain;
};
const pixels = gunzipSync(readFileSync("tests/fixtures/adherence.gz"));
const [count, ...rest] = dims as [number, ...number[]];
const size = pixels.length / count;
const clip = (index: number, frames = rest[1] as number) => {
  const [channels, all, side] = rest as [number, number, number, number];
  const own = pixels.subarray(index * size, (index + 1) * size);
  const data = new Float32Array(channels * frames * side * side);
  for (let channel = 0; channel < channels; channel++)
    for (let at = 0; at < frames * side * side; at++)
      data[channel * frames * side * side + at] = (own[channel * all * side * side + at] as number) / 127.5 - 1;
  return { dims: [1, channels, frames, side, side], data, fps: 8 };
};
const slots = ["background", "colour", "size", "shape", "motion"] as const;

describe("reading a clip back", () => {
  test.each(Array.from({ length: count }, (_, index) => index))("clip %i: the words that Python reads", (index) => {
    expect(readClip(clip(index), domain)).toEqual(readings[index]);
  });

  test("rendered clips read as they were asked for, in every word", () => {
    const wrong = prompts
      .slice(0, rendered)
      .flatMap((prompt, index) => slots.filter((slot) => readings[index]?.[slot] !== prompt[slot]));
    expect(wrong.length).toBeLessThanOrEqual(Math.floor(0.01 * rendered * slots.length));
  });

  test("the fixture holds clips that read otherwise, or agreeing would say little", () => {
    const made = prompts.slice(rendered);
    expect(made.some((prompt, index) => readings[rendered + index]?.shape !== prompt.shape)).toBe(true);
  });

  test("an image has no motion", () => {
    const reading = readClip(clip(0, 1), domain);
    expect(Object.keys(reading).toSorted()).toEqual(["background", "colour", "shape", "size"]);
  });

  test("an empty frame shows no object", () => {
    const { data, ...shape } = clip(0);
    const reading = readClip({ ...shape, data: data.fill(-0.9) }, domain);
    expect(reading).toMatchObject({ background: "black", colour: null, shape: null, motion: null });
  });

  test("several clips at once are refused", () => {
    const { data, fps } = clip(0);
    expect(() => readClip({ dims: [2, 3, 4, 48, 48], data, fps }, domain)).toThrow(
      expect.objectContaining({ code: "input-invalid" }),
    );
  });
});
