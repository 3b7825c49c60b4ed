import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EngineError } from "../../src/engine/errors.js";
import {
  complete,
  encode,
  encodePrompt,
  parsePrompt,
  type Slots,
  unconditional,
  vocabularyFromJson,
} from "../../src/engine/text/vocabulary.js";
import { engineError } from "../error.js";

const path = "../../site/public/models/latte-motion-nano/text/vocabulary.json";
const json = JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as {
  slots: { name: string; words: string[] }[];
};
const one = vocabularyFromJson({ ...json, objects: 1 });
const two = vocabularyFromJson({ ...json, objects: 2 });

/** The filled slots alone. */
const filled = (slots: Slots) => Object.fromEntries(Object.entries(slots).filter(([, word]) => word !== null));

describe("parsePrompt", () => {
  const whole = { size: "large", colour: "red", shape: "circle", motion: "moving right", background: "black" };

  it.each<[string, object]>([
    ["a large red circle moving right on a black background", whole],
    ["  An LARGE\tred circle, moving  right\non black background. ", whole],
    ["large red circle moving right on black", whole],
    ["a red circle on a black background", { colour: "red", shape: "circle", background: "black" }],
    ["a large moving right", { size: "large", motion: "moving right" }],
    ["on a sunset background", { background: "sunset" }],
    ["bouncing", { motion: "bouncing" }],
    ["", {}],
    ["a", {}],
  ])("understands %j", (text, slots) => {
    expect(filled(parsePrompt(one, text))).toEqual(slots);
  });

  it("gives every slot a word or null", () => {
    expect(Object.keys(parsePrompt(one, "red"))).toEqual(one.slots.map(({ name }) => name));
  });

  it("understands a second object where the model was trained on two", () => {
    const text = "a large red circle and a small blue ring orbiting on a navy background";
    const second = { size2: "small", colour2: "blue", shape2: "ring", motion2: "orbiting" };
    expect(filled(parsePrompt(two, text))).toEqual({
      size: "large",
      colour: "red",
      shape: "circle",
      background: "navy",
      ...second,
    });
  });

  it.each<[string, string, string]>([
    [
      "a large rde circle",
      'Word 3 of the prompt, "rde", is not in',
      'Did you mean "red"? The colour is one of red, orange',
    ],
    ["a large red circel", 'Word 4 of the prompt, "circel", is not in', 'Did you mean "circle"? The shape is one of'],
    ["a circle moving rihgt", 'Word 4 of the prompt, "rihgt", is not in', 'Did you mean "moving right"?'],
    ["a circle moving", 'ends after "moving"', "The motion is one of standing still, moving right"],
    ["a circle on a", 'ends after "on"', "The background is one of black, white"],
    ["a circle on a blakc background", '"blakc"', 'Did you mean "black"? The background is one of'],
    ["a circle on a black backgruond", '"backgruond"', 'Did you mean "background"?'],
    ["a circle black background", 'Word 3 of the prompt, "black", cannot stand there', "The order is: {size} {colour}"],
    ["a red red circle", 'Word 3 of the prompt, "red", cannot stand there', "once"],
    ["a red large circle", 'Word 3 of the prompt, "large", cannot stand there', "{size} {colour} {shape} {motion}"],
    ["a circle and a ring", 'Word 3 of the prompt, "and", begins a second object', "Ask for one object"],
    ["a circle on a black background forever", 'Word 7 of the prompt, "forever"', "Leave that word out."],
    [
      "a mauve dodo",
      'Word 2 of the prompt, "mauve", is not in',
      "The size is one of small, large. The colour is one of red",
    ],
  ])("refuses %j", (text, message, hint) => {
    const error = engineError("prompt-invalid", () => parsePrompt(one, text));
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
  });

  it("refuses a clause without a word in it", () => {
    const error = engineError("prompt-invalid", () => parsePrompt(two, "a circle and on a black background"));
    expect(error.message).toContain('Word 4 of the prompt, "on", cannot stand there');
  });

  it("takes the longest word that fits", () => {
    const slots = [
      { name: "motion", words: ["moving", "moving right"] },
      { name: "side", words: ["right", "left"] },
    ];
    const vocabulary = vocabularyFromJson({ slots, template: "{motion} {side}" });
    expect(parsePrompt(vocabulary, "moving right")).toEqual({ motion: "moving right", side: null });
    expect(parsePrompt(vocabulary, "moving left")).toEqual({ motion: "moving", side: "left" });
  });

  it("refuses a word of a million letters at once, and shows its beginning", () => {
    const error = engineError("prompt-invalid", () => parsePrompt(one, `a ${"x".repeat(1e6)}`));
    expect(error.message).toContain(`"${"x".repeat(39)}…"`);
  });

  const word = (slot: { words: readonly string[] }) => fc.option(fc.constantFrom(...slot.words), { nil: null });
  const sentences = fc.record(Object.fromEntries(two.slots.map((slot) => [slot.name, word(slot)])));
  const manner = fc.record({
    article: fc.constantFrom("a ", "an ", "", "A "),
    space: fc.constantFrom(" ", "  ", "\n", ", "),
    loud: fc.boolean(),
    background: fc.constantFrom(" background", ""),
  });

  it("gives back the slots of every sentence of the grammar (5000 sentences)", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(sentences, manner, (slots, { article, space, loud, background }) => {
        const object = (end: string) =>
          ["size", "colour", "shape", "motion"].flatMap((name) => slots[name + end] ?? []).join(" ");
        const parts = [
          object("") && article + object(""),
          object("2") && `and ${article}${object("2")}`,
          slots.background && `on ${article}${slots.background}${background}`,
        ];
        const text = parts.filter(Boolean).join(" ").replaceAll(" ", space);
        expect(parsePrompt(two, loud ? text.toUpperCase() : text)).toEqual(slots);
      }),
      { numRuns: 5000 },
    );
  });

  it("answers any text with slots or prompt-invalid (10000 texts)", { timeout: 60_000 }, () => {
    const known = [...two.slots.flatMap(({ words }) => words), "a", "on", "and", "background", "moving", "__proto__"];
    const texts = fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc
        .array(fc.oneof(fc.constantFrom(...known), fc.string({ maxLength: 5 })), { maxLength: 9 })
        .map((w) => w.join(" ")),
    );
    fc.assert(
      fc.property(texts, fc.constantFrom(one, two), (text, vocabulary) => {
        try {
          encode(vocabulary, parsePrompt(vocabulary, text));
        } catch (error) {
          if (!(error instanceof EngineError) || error.code !== "prompt-invalid" || !error.hint) throw error;
        }
        expect(complete(vocabulary, text).from).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe("encode", () => {
  it("puts a one into the word's column of the slot's row", () => {
    const { dims, data } = encodePrompt(one, "a small pink circle on a white background");
    expect(dims).toEqual([1, 9, 1 + 2 * (2 + 8 + 6 + 10) + 6]);
    const columns = one.slots.map((_, row) => {
      const cells = data.slice(row * one.columns, (row + 1) * one.columns);
      expect(cells.reduce((sum, cell) => sum + cell, 0)).toBe(1);
      return cells.indexOf(1);
    });
    // small is the first word of all; pink the 8th colour; circle the first shape; white the 2nd background.
    expect(columns).toEqual([1, 10, 11, 0, 28, 0, 0, 0, 0]);
  });

  it("gives the same word in two slots two columns", () => {
    const column = (slots: Slots) =>
      encode(two, slots).data.reduce((found, cell, i) => (cell && i % two.columns) || found, 0);
    expect(column({ colour: "red" })).toBe(3);
    expect(column({ colour2: "red" })).toBe(1 + 26 + 6 + 2);
  });

  it("has the pad word in every slot without text", () => {
    expect(unconditional(one)).toEqual(encodePrompt(one, ""));
    expect(unconditional(one).data.reduce((sum, cell, i) => sum + (i % one.columns === 0 ? cell : -cell), 0)).toBe(9);
  });

  it("refuses a word that the slot does not take", () => {
    expect(engineError("prompt-invalid", () => encode(one, { colour: "circle" })).message).toContain('"circle"');
  });
});

describe("complete", () => {
  it.each<[string, number, string[]]>([
    ["a large r", 8, ["red", "ring"]],
    ["a large ", 8, ["red", "orange"]],
    ["a red circle m", 13, ["moving right", "moving left", "moving up", "moving down", "moving diagonally"]],
    ["a red circle moving ", 13, ["moving right", "moving left", "moving up", "moving down", "moving diagonally"]],
    ["a red circle moving d", 13, ["moving down", "moving diagonally"]],
    ["a red circle spinning ", 22, ["on"]],
    ["a red circle on ", 16, ["black", "white", "grey", "navy", "sunset", "ocean"]],
    ["a red circle on a sunset ", 25, ["background"]],
    ["a red circle on black background ", 33, []],
    ["", 0, ["small", "large", "red"]],
    ["a ", 2, ["small", "large", "red"]],
    ["a rde circle ", 13, []],
    ["a red circle on a", 17, ["black", "white", "grey", "navy", "sunset", "ocean"]],
  ])("offers after %j", (text, from, words) => {
    const found = complete(one, text);
    expect(found.from).toBe(from);
    expect(found.words.slice(0, words.length)).toEqual(words);
    if (words.length !== 2 && words.length !== 3) expect(found.words).toEqual(words);
  });

  it("offers a second object only where the model was trained on two", () => {
    expect(complete(two, "a circle ").words).toContain("and");
    expect(complete(one, "a circle ").words).not.toContain("and");
  });

  it("offers only what can be parsed (from any beginning of a sentence)", () => {
    const sentence = "a large red circle moving right and a small blue ring orbiting on a navy background";
    for (let end = 0; end <= sentence.length; end++) {
      const text = sentence.slice(0, end);
      const { from, words } = complete(two, text);
      for (const word of words) {
        const whole = `${text.slice(0, from)} ${word}`;
        if (word !== "and" && word !== "on") expect(parsePrompt(two, whole)).toBeDefined();
      }
    }
  });
});

describe("vocabularyFromJson", () => {
  const slots = [{ name: "colour", words: ["red"] }];
  it.each<[string, unknown, string]>([
    ["no object", [1], "slots is not"],
    ["null", null, "not a JSON object"],
    ["another version", { ...json, version: 2 }, "version is 2"],
    ["no slots", { slots: [], template: "" }, "slots is not"],
    ["a slot without words", { slots: [{ name: "x", words: [] }], template: "{x}" }, "slot 0"],
    ["a word in capitals", { slots: [{ name: "x", words: ["Red"] }], template: "{x}" }, "slot 0"],
    ["a slot of a strange name", { slots: [{ name: "__proto__", words: ["x"] }], template: "{__proto__}" }, "slot 0"],
    ["no template", { slots }, "template is undefined"],
    ["a template without the slot", { slots, template: "a thing" }, 'no place for the slot "colour"'],
    ["a template with a strange slot", { slots, template: "{colour} {size}" }, "{size}, which is no slot"],
    ["a template with a slot twice", { slots, template: "{colour} {colour}" }, "{colour} twice"],
    ["a template with signs", { slots, template: "{colour}!" }, '"{colour}!"'],
    ["objects below one", { slots, template: "{colour}", objects: 0 }, "objects is 0"],
    ["an article as a word", { slots: [{ name: "x", words: ["a"] }], template: "{x}" }, "only an article"],
    ["a word twice", { slots: [{ name: "x", words: ["b", "b"] }], template: "{x}" }, '"b" means two things'],
    [
      "a word of two slots",
      { slots: [...slots, { name: "x", words: ["red"] }], template: "{x} {colour}" },
      '"red" means',
    ],
    [
      "a word that opens a clause",
      { slots: [...slots, { name: "x", words: ["on"] }], template: "{x} on {colour}" },
      '"on"',
    ],
  ])("refuses %s", (_, value, words) => {
    expect(engineError("file-invalid", () => vocabularyFromJson(value)).message).toContain(words);
  });
});
