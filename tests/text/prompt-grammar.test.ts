import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { promptGrammar } from "../../src/engine/text/prompt-grammar.js";
import { engineError } from "../error.js";

const json = (model: string) =>
  JSON.parse(readFileSync(new URL(`../../site/public/models/${model}/text/vocabulary.json`, import.meta.url), "utf8"));

describe.each(["latte-motion-nano", "flux-shapes-nano"])("the prompts of %s", (model) => {
  const grammar = promptGrammar(json(model));

  it("are written so that they read back as the same words, whichever are left out", () => {
    const slots = fc.record(
      Object.fromEntries(grammar.slots.map(({ name, words }) => [name, fc.option(fc.constantFrom(...words))])),
    );
    fc.assert(
      fc.property(slots, (said) => {
        const read = grammar.parse(grammar.write(said));
        expect(Object.entries(read).filter(([, word]) => word)).toEqual(
          Object.entries(said).filter(([, word]) => word),
        );
      }),
    );
  });

  it("name no slot that the model was not trained for", () => {
    expect(grammar.slots.some(({ name }) => name.endsWith("2"))).toBe(false);
  });
});

it("writes an article that fits the word behind it, and leaves out a clause that says nothing", () => {
  const { write } = promptGrammar(json("latte-motion-nano"));
  expect(write({ colour: "orange", shape: "star", background: "ocean" })).toBe("an orange star on an ocean background");
  expect(write({ size: "large", shape: "ring", motion: "moving right" })).toBe("a large ring moving right");
  expect(write({})).toBe("");
});

it("writes an article only where the template has one", () => {
  const { vocabulary } = JSON.parse(readFileSync("tests/fixtures/scenes.json", "utf8"));
  const { parse, write } = promptGrammar(vocabulary);
  const said = "an orange boat drifting left over open sea at night with a clear sky";
  expect(write(parse(said))).toBe(said);
  expect(write({ scene: "green hills", weather: "mist" })).toBe("over green hills with mist");
});

it("speaks of two objects where the model was trained for them", () => {
  const { slots, write } = promptGrammar({ ...json("latte-motion-nano"), objects: 2 });
  expect(slots.some(({ name }) => name === "shape2")).toBe(true);
  expect(write({ shape: "ring", shape2: "star" })).toBe("a ring and a star");
});

it("completes and refuses as the engine does", () => {
  const { complete, parse } = promptGrammar(json("latte-motion-nano"));
  expect(complete("a lar")).toEqual({ from: 2, words: ["large"] });
  expect(engineError("prompt-invalid", () => parse("a mauve dodo")).message).toMatch(/mauve/);
});
