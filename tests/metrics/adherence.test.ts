import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { inWords } from "../../site/program/shown.js";
import { type ClipReading, readClip } from "../../src/engine/metrics/adherence.js";
import { adherence, judged } from "../../src/engine/metrics/judged.js";
import type { Domain } from "../../src/engine/text/domain.js";
import { vocabularyFromJson } from "../../src/engine/text/vocabulary.js";

// Clips and the words that training/adherence.py reads in them (tests/reference/adherence.py).

const { dims, rendered, prompts, readings } = JSON.parse(readFileSync("tests/fixtures/adherence.json", "utf8")) as {
  readonly dims: readonly number[];
  readonly rendered: number;
  readonly prompts: readonly ClipReading[];
  readonly readings: readonly ClipReading[];
};
const shipped = JSON.parse(readFileSync("site/public/models/latte-motion-nano/text/vocabulary.json", "utf8"));
const { domain } = shipped as { readonly domain: Domain };
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
const vocabulary = vocabularyFromJson({ ...shipped, objects: 2 });
const sentence = (prompt: ClipReading): string => {
  const thing = (number: string) =>
    ["size", "colour", "shape", "motion"].map((slot) => prompt[`${slot}${number}` as "shape"]).join(" ");
  const second = "shape2" in prompt ? ` and a ${thing("2")}` : "";
  return `a ${thing("")}${second} on a ${prompt.background} background`;
};
const compared = (index: number, prompt = prompts[index] as ClipReading) => {
  const found = adherence(vocabulary, clip(index), sentence(prompt));
  if (!found) throw new Error("The vocabulary has no domain.");
  return found;
};
const two = prompts.findIndex((prompt) => "shape2" in prompt);

describe("reading a clip back", () => {
  test.each(Array.from({ length: count }, (_, index) => index))("clip %i: the words that Python reads", (index) => {
    expect(readClip(clip(index), domain)).toEqual(readings[index]);
  });

  test("rendered clips read as they were asked for, in every word, and show as many objects", () => {
    const drawn = prompts.slice(0, rendered);
    const wrong = drawn.filter(
      (prompt, index) => judged({ ...prompt }, readings[index] as ClipReading).wrong.length > 0,
    );
    expect(wrong.length).toBeLessThanOrEqual(Math.floor(0.01 * rendered));
    expect(drawn.filter((prompt) => "shape2" in prompt).length).toBe(24);
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

describe("a clip against its prompt", () => {
  const { background, colour, size, shape, motion, ...second } = prompts[two] as ClipReading;
  const first = { background, colour, size, shape, motion } as ClipReading;

  test("which of two objects is the first is for the prompt to say", () => {
    const exchanged = {
      background,
      ...Object.fromEntries(Object.entries(second).map(([slot, word]) => [slot.slice(0, -1), word])),
      ...{ colour2: colour, size2: size, shape2: shape, motion2: motion },
    } as ClipReading;
    expect(compared(two).wrong).toEqual([]);
    expect(compared(two, exchanged)).toMatchObject({ asked: exchanged, reading: exchanged, wrong: [] });
  });

  test("an object too many", () => {
    const found = compared(two, first);
    expect(found).toMatchObject({ asked: first, wrong: ["count"] });
    expect(inWords(found)).toBe("no: a second object is to be seen");
  });

  test("an object too few", () => {
    const found = compared(0, { ...second, ...(prompts[0] as ClipReading) });
    expect(found.wrong.toSorted()).toEqual(["colour2", "motion2", "shape2", "size2"]);
    expect(inWords(found)).toBe("no: no second object to be seen");
  });

  test("another word", () => {
    const found = compared(two, { ...(prompts[two] as ClipReading), shape2: shape === "star" ? "ring" : "star" });
    expect(found.wrong).toEqual(["shape2"]);
    expect(inWords(found)).toBe(`no: second shape reads as ${second.shape2}`);
  });
});
