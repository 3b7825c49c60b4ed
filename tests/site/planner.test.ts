import {
  type Candidate,
  cardNames,
  fulfilling,
  type MethodName,
  methods,
  modelCard,
  usualOptions,
} from "diffusion-cache";
import { describe, expect, test } from "vitest";
import { type Choice, choiceFromLink, choiceOf, linkOf, planOf } from "../../site/plan/choice.js";
import { pitfallsOf } from "../../site/plan/pitfalls.js";
import { scriptsOf } from "../../site/plan/script.js";
import { candidatesFor, readyFirst } from "../../site/plan/search.js";

// What the page "Your model" computes.

const small = choiceOf("DiT-XL/2-256", { method: "fora" });
const collected = async (choice: Choice, many: boolean): Promise<Candidate[]> => {
  const found: Candidate[] = [];
  for await (const one of candidatesFor(choice, many, () => undefined)) found.push(one);
  return found;
};

describe("a choice", () => {
  test.each(cardNames)("begins as the usual run of %s, and can be planned", (name) => {
    const { plan } = planOf(choiceOf(name, { method: "mask" }));
    expect(plan.idealSpeedUp).toBeGreaterThan(1.2);
  });

  test("survives its link; what a link says wrongly is the model's usual value", () => {
    const choice = { ...choiceOf("Wan2.1-14B"), steps: 30, seconds: 900, gpu: "H100", share: 0.35 };
    expect(choiceFromLink(`#${linkOf(choice)}`)).toEqual(choice);
    expect(choiceFromLink("#card=nobody")).toBeUndefined();
    expect(choiceFromLink("#card=FLUX.1-dev&steps=many&method=__proto__&dtype=int1")).toEqual(choiceOf("FLUX.1-dev"));
  });
});

describe("all methods on a model", () => {
  test("are those that find something there, each setting once", async () => {
    const found = await collected(small, true);
    const keys = found.map(({ method, options, share }) => `${method} ${JSON.stringify(options)} ${share}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(found.map(({ method }) => method)).not.toContain("textkv");
    expect(found.length).toBeGreaterThan(12);
  });

  test("fulfil a wish by their band and what they keep, the leanest first", async () => {
    const found = fulfilling(await collected(small, true), { speedup: 2, cacheBytes: 0.01 * 2 ** 30 });
    expect(found.length).toBeGreaterThan(0);
    for (const { expected, cacheBytes } of found) {
      expect(expected[1]).toBeGreaterThanOrEqual(2);
      expect(cacheBytes).toBeLessThanOrEqual(0.01 * 2 ** 30);
    }
    const bytes = found.map(({ cacheBytes }) => cacheBytes);
    expect(bytes).toEqual(bytes.toSorted((a, b) => a - b));
    const states: Readonly<Record<string, string>> = { mask: "works", taylorseer: "no-effect", easycache: "one-call" };
    const ready = readyFirst(found, (method) => states[method]).map(({ method }) => method);
    expect(ready[0]).toBe("mask");
    expect(ready.indexOf("easycache")).toBeLessThan(ready.indexOf("spectrum"));
    expect(ready.lastIndexOf("taylorseer")).toBe(ready.length - 1);
  });
});

describe("scripts and pitfalls", () => {
  test("a script loads the model's own pipeline with the planned size", () => {
    const choice = { ...choiceOf("Wan2.2-A14B", { method: "firstblockcache" }), steps: 40 };
    const { plan, methods: acting } = planOf(choice);
    const [first] = scriptsOf(plan.card, choice, acting);
    expect(first?.code).toContain('WanPipeline.from_pretrained("Wan-AI/Wan2.2-T2V-A14B-Diffusers"');
    expect(first?.code).toContain("pipe.transformer_2.enable_cache(config)");
    expect(first?.code).toContain("num_frames=81");
    expect(pitfallsOf(plan, choice, undefined).join(" ")).toContain("Two experts");
  });

  test("a method that the pipeline refuses is said first", () => {
    const choice = choiceOf("Latte-1", { method: "taylorseer" });
    const said = pitfallsOf(planOf(choice).plan, choice, { state: "raises", why: "ValueError: no context." });
    expect(said[0]).toContain("ValueError: no context.");
  });

  test("ratios that are published stand in the script", () => {
    const choice = { ...choiceOf("FLUX.1-dev", { method: "magcache" }), options: '{"magRatios": [1, 0.99, 0.98]}' };
    const { plan, methods: acting } = planOf(choice);
    expect(scriptsOf(plan.card, choice, acting)[0]?.code).toContain("mag_ratios=[1, 0.99, 0.98],");
  });

  test.each(Object.keys(methods) as MethodName[])("usual options of %s are options of it", (name) => {
    const card = modelCard("Latte-1");
    const { plan } = planOf({
      ...choiceOf("Latte-1"),
      method: name,
      options: JSON.stringify(usualOptions(card, name)),
    });
    expect(plan.computedShare).toBeLessThanOrEqual(1);
  });
});
