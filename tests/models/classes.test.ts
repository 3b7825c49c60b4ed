import { describe, expect, test } from "vitest";
import { classesOf } from "../../src/engine/models/classes.js";
import { engineError } from "../error.js";

const where = "model_index.json";

describe("names of classes", () => {
  test("are the first of each entry's synonyms, by number", () => {
    const id2label = { 1: "goldfish, Carassius auratus", 0: "tench, Tinca tinca", 2: "otter" };
    expect(classesOf({ _class_name: "DiTPipeline", id2label }, where)).toEqual(["tench", "goldfish", "otter"]);
  });

  test("are not there for a pipeline without them", () => {
    for (const index of [undefined, {}, { id2label: null }]) expect(classesOf(index, where)).toBeUndefined();
  });

  test.each([
    ["a list", ["tench"], /id2label is \["tench"\]/],
    ["a number that is none", { tench: "0" }, /the number "tench"/],
    ["a gap", { 0: "tench", 2: "otter" }, /the number "2"/],
    ["a name that is none", { 0: 7 }, /class 0 is 7/],
  ])("%s is refused", (_, id2label, why) => {
    expect(engineError("file-invalid", () => classesOf({ id2label }, where)).message).toMatch(why);
  });
});
