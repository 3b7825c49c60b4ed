import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { methodFromName } from "../src/engine/cache/methods/index.js";
import { errorCodes } from "../src/engine/errors.js";
import { mask } from "./contract.js";

// Documentation cannot fall behind the code, and says no mask that the code does not make.

const names = (folder: string, ending: string): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(ending) && file !== `index${ending}`)
    .map((file) => file.slice(0, -ending.length));
const read = (file: string): string => readFileSync(file, "utf8");
const papers = (text: string): Set<string> =>
  new Set([...text.matchAll(/\b(\d{4}\.\d{5})\b/g)].map(([, id]) => id as string));

const engineFiles = names("src/engine/cache/methods", ".ts");
const pages = names("content/docs/methods", ".mdx");

describe("a method's files belong together", () => {
  test.each(engineFiles)("%s has a line in the index", (name) => {
    expect(read("src/engine/cache/methods/index.ts")).toContain(`"./${name}.js"`);
  });
  test.each(pages)("%s: engine file, example and test", (name) => {
    for (const file of [`src/engine/cache/methods/${name}.ts`, `examples/${name}.ts`, `tests/methods/${name}.test.ts`])
      expect(existsSync(file), file).toBe(true);
  });
  test.each(pages)("%s: the page names the paper that the code names", (name) => {
    const [inCode] = papers(read(`src/engine/cache/methods/${name}.ts`));
    expect(inCode).toBeDefined();
    expect(papers(read(`content/docs/methods/${name}.mdx`))).toContain(inCode);
  });
  test.each(pages)("%s: the sections of every method page, in their order", (name) => {
    const headings = [...read(`content/docs/methods/${name}.mdx`).matchAll(/^## (.+)$/gm)].map(([, title]) => title);
    const order = [
      "What it decides",
      "Run it",
      "How it works",
      "Options",
      "Time and memory",
      "When not to use it",
      "Published numbers",
    ];
    expect(headings.filter((title) => order.includes(title as string))).toEqual(order);
  });
});

test("masks that pages quote for 20 steps are the engine's", () => {
  const pab = mask(methodFromName("pab", { spatialAttentionBlockSkipRange: 2 }), "spatial-attention");
  expect(read("content/docs/methods/pyramid-attention-broadcast.mdx")).toContain(`\`${pab}\``);
  const fora = mask(methodFromName("fora", { interval: 3 }), "spatial-attention");
  expect(read("content/docs/methods/fora.mdx")).toContain(`\`${fora}\``);
});

test("error codes are in kebab-case and say a sentence", () => {
  for (const [code, text] of Object.entries(errorCodes)) {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(text).toMatch(/^[A-Z].+\.$/);
  }
});

test("the README's commands exist", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  for (const [, script] of read("CONTRIBUTING.md").matchAll(/`npm run ([a-z:0-9]+)`/g))
    expect(scripts).toHaveProperty([script as string]);
  expect(scripts.start).toBeDefined();
  expect(scripts.test).toBeDefined();
});

test("nothing published names a path of a machine", () => {
  const texts = [
    ...names("content/docs/reference", ".mdx").map((name) => `content/docs/reference/${name}.mdx`),
    "README.md",
    "CONTRIBUTING.md",
  ];
  for (const file of texts) expect(read(file), file).not.toMatch(/\/(tmp|home|root|work)\//);
});
