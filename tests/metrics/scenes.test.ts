import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { adherence } from "../../src/engine/metrics/judged.js";
import { readScenes, type SceneReading } from "../../src/engine/metrics/scenes/read-scenes.js";
import type { SceneLooks } from "../../src/engine/text/scene-looks.js";
import { parsePrompt, vocabularyFromJson } from "../../src/engine/text/vocabulary.js";

// Rendered clips and the words that training/scenes/read.py reads in them (tests/reference/scenes.py).

const { dims, sentences, prompts, readings, vocabulary } = JSON.parse(
  readFileSync("tests/fixtures/scenes.json", "utf8"),
) as {
  readonly dims: readonly [clips: number, channels: number, frames: number, height: number, width: number];
  readonly prompts: readonly SceneReading[];
  readonly readings: readonly SceneReading[];
  readonly sentences: readonly string[];
  readonly vocabulary: { readonly scenes: SceneLooks };
};
const { scenes } = vocabulary;
const [count, channels, frames, height, width] = dims;
const steps = gunzipSync(readFileSync("tests/fixtures/scenes.gz"));
const size = channels * frames * height * width;

/** Pixels of a clip in −1 … 1, each repeated `by` times across and down. */
const clip = (index: number, by = 1) => {
  const data = new Float32Array(size * by * by);
  let value = 0;
  for (let at = 0; at < size; at++) {
    const [column, row] = [at % width, Math.floor(at / width)];
    value = ((column === 0 ? 0 : value) + (steps[index * size + at] as number)) % 256;
    for (let y = 0; y < by; y++)
      data.fill(
        value / 127.5 - 1,
        (row * by + y) * width * by + column * by,
        (row * by + y) * width * by + (column + 1) * by,
      );
  }
  return { dims: [1, channels, frames, height * by, width * by], data, fps: 8 };
};

describe("reading a landscape back", () => {
  test.each(Array.from({ length: count }, (_, index) => index))("clip %i: the words that Python reads", (index) => {
    expect(readScenes(clip(index), scenes)).toEqual(readings[index]);
  });

  test("rendered clips read as they were asked for", () => {
    for (const [index, { colour, object, motion, scene, time }] of prompts.entries())
      expect(readings[index]).toMatchObject({ colour, object, motion, scene, time });
  });

  test("the engine's parser takes the sentences of the grammar apart as Python does", () => {
    const checked = vocabularyFromJson(vocabulary);
    expect(sentences.map((sentence) => parsePrompt(checked, sentence))).toEqual(prompts);
  });

  test("a clip is judged against its prompt", () => {
    const checked = vocabularyFromJson(vocabulary);
    expect(adherence(checked, clip(0), sentences[0] as string)).toMatchObject({ wrong: [], reading: readings[0] });
    const other = "a red kite rising over green hills at night";
    expect(adherence(checked, clip(0), other)?.wrong).toEqual(["object", "time"]);
  });

  test("frames twice as large read alike", () => {
    expect(readScenes(clip(0, 2), scenes)).toEqual(readings[0]);
  });

  test("an empty frame shows no object", () => {
    const { data, ...shape } = clip(0);
    expect(readScenes({ ...shape, data: data.fill(0.1) }, scenes)).toMatchObject({
      colour: null,
      object: null,
      motion: null,
    });
  });

  test.each([
    [2, 3, 2, 72, 72],
    [1, 8, 2, 72, 72],
    [1, 3, 2, 80, 80],
    [1, 3, 2, 72, 144],
  ])("a clip of the shape %i %i %i %i %i is refused", (...shape) => {
    const data = new Float32Array(shape.reduce((product, value) => product * value));
    expect(() => readScenes({ dims: shape, data, fps: 8 }, scenes)).toThrow(
      expect.objectContaining({ code: "input-invalid" }),
    );
  });
});
