import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { methodNames } from "../../site/reference/published.js";
import { optionsText, settings, settingsFromJson } from "../../site/settings/settings.js";
import { dryRun } from "../../src/engine/cache/dry-run.js";
import { methodFromName } from "../../src/engine/cache/methods/index.js";
import { cardNames } from "../../src/engine/cards/index.js";

const all = settings.flatMap(({ model, settings: of }) => of.map((one) => ({ model, ...one })));
const of = (model: string, method: string) => {
  const found = all.find((one) => one.model === model && one.method === method);
  if (!found) throw new Error(`no ${method} for ${model}`);
  return found;
};

describe("published settings", () => {
  test("there are many models, each once, and no setting twice", () => {
    const models = settings.map(({ model }) => model);
    expect(models.length).toBeGreaterThanOrEqual(20);
    expect(new Set(models).size).toBe(models.length);
    expect(models.filter((model) => cardNames.includes(model)).length).toBeGreaterThanOrEqual(20); // under the card's name
    const keys = all.map(({ model, method, options }) => JSON.stringify([model, method, options]));
    expect(new Set(keys).size).toBe(keys.length);
  });

  test.each(all)("$model: $method takes its options, and the name is known", ({ method, options }) => {
    expect(methodFromName(method, options).options).toMatchObject(options);
    expect(methodNames).toHaveProperty([method]);
  });

  test("ratios are as many as the steps they belong to, begin with 1 and stay near it", () => {
    for (const { model, options, steps } of all) {
      const { magRatios } = options as { magRatios?: readonly number[] };
      if (!magRatios) continue;
      expect(magRatios.length, model).toBe(steps);
      expect(magRatios[0], model).toBe(1);
      for (const ratio of magRatios) expect(Math.abs(ratio - 1), model).toBeLessThan(0.7);
    }
  });

  test.each([
    ["Wan2.1-1.3B", "11111111110000100001000010000100001000100100101011"],
    ["FLUX.1-dev", "1110010001000001000001000010"],
    ["Qwen-Image", "1111111111010110101010101010100100111111"],
  ])("%s with MagCache computes the steps that diffusers' hook computes with the same ratios", (model, mask) => {
    const { options, steps = 0 } = of(model, "magcache");
    const timesteps = Array.from({ length: steps }, (_, step) => 1000 - (1000 * step) / steps);
    const [planned] = dryRun({ methods: [methodFromName("magcache", options)], timesteps });
    expect(planned?.computed).toBe(mask); // of the real hook, diffusers 0.42.1, on a small random network of the class
  });

  test("options are said in short, lists by their number", () => {
    expect(optionsText(of("FLUX.1-dev", "magcache").options)).toBe(
      "28 ratios, threshold 0.24, maxSkipSteps 5, retentionRatio 0.1",
    );
  });

  test("pages say how many models there are", () => {
    const said = ["mag-cache", "tea-cache", "first-block-cache", "db-cache"].map((page) => {
      const text = readFileSync(`content/docs/methods/${page}.mdx`, "utf8");
      const [, method] = /<OptionsTable method="(\w+)" \/>/.exec(text) ?? [];
      const [, count] = /published for (\d+) models are in \[settings by model\]/.exec(text) ?? [];
      return { method, count: Number(count) };
    });
    for (const { method, count } of said)
      expect(new Set(all.filter((one) => one.method === method).map(({ model }) => model)).size, method).toBe(count);
    expect(readFileSync("content/docs/reference/settings.mdx", "utf8")).toContain(
      `published for ${settings.length} models`,
    );
  });

  test("what is not of the form is refused by the name of the field", () => {
    const file = () => JSON.parse(readFileSync("site/settings/settings.json", "utf8"));
    const undated = file();
    delete undated.models[2].settings[0].source.date;
    expect(() => settingsFromJson(undated)).toThrow(/date/);
    const more = file();
    more.models[0].speed = 3;
    expect(() => settingsFromJson(more)).toThrow(/speed/);
  });
});
