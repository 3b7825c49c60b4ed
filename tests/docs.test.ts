import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { dryRun } from "../src/engine/cache/dry-run.js";
import { methodFromName, methods } from "../src/engine/cache/methods/index.js";
import { errorCodes } from "../src/engine/errors.js";
import { leading, mask } from "./contract.js";

// Documentation cannot fall behind the code, and says no mask that the code does not make.

const names = (folder: string, ending: string): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(ending) && file !== `index${ending}`)
    .map((file) => file.slice(0, -ending.length));
const read = (file: string): string => readFileSync(file, "utf8");
const papers = (text: string): Set<string> =>
  new Set([...text.matchAll(/\b(\d{4}\.\d{5})\b/g)].map(([, id]) => id as string));

const engineFiles = names("src/engine/cache/methods", ".ts");
const folders = ["guide", "methods", "reference"];
const pages = names("content/docs/methods", ".mdx");

describe("a method's files belong together", () => {
  test.each(pages)("%s: an options table, a grid and an example of that name", (name) => {
    const text = read(`content/docs/methods/${name}.mdx`);
    for (const part of [`<DecisionGrid example="${name}" />`, `<Example name="${name}" />`, "<OptionsTable method="])
      expect(text).toContain(part);
  });
  test.each(engineFiles)("%s has a line in the index", (name) => {
    expect(read("src/engine/cache/methods/index.ts")).toContain(`"./${name}.js"`);
  });
  test.each(pages)("%s: engine file, example and test", (name) => {
    for (const file of [`src/engine/cache/methods/${name}.ts`, `examples/${name}.ts`, `tests/methods/${name}.test.ts`])
      expect(existsSync(file), file).toBe(true);
  });
  test.each(pages)(
    "%s: the page names the paper that the code names, or where a method without one is from",
    (name) => {
      const page = read(`content/docs/methods/${name}.mdx`);
      const code = read(`src/engine/cache/methods/${name}.ts`);
      const [, source = ""] = /^ {4}source: "([^"]+)",$/m.exec(code) ?? [];
      const [paper] = papers(source);
      if (paper) return expect(papers(page)).toContain(paper);
      const place = /github\.com\/[\w-]+\/[\w-]+/.exec(source)?.[0] ?? "github.com/huggingface/diffusers";
      expect(page).toContain(`https://${place}`);
    },
  );
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

test.each([
  ["pyramid-attention-broadcast", "pab", { spatialAttentionBlockSkipRange: 2 }, "spatial-attention"],
  ["fora", "fora", { interval: 3 }, "spatial-attention"],
  ["taylor-seer", "taylorseer", {}, "spatial-attention"],
  ["cfg-cache", "cfgcache", {}, "uncond"],
  ["faster-cache", "fastercache", {}, "spatial-attention"],
  ["faster-cache", "fastercache", {}, "uncond"],
] as const)("%s: the mask that the page quotes for 20 steps is the engine's", (page, method, options, kind) => {
  expect(read(`content/docs/methods/${page}.mdx`)).toContain(`\`${mask(methodFromName(method, options), kind)}\``);
});

test("mag-cache: the mask that the page quotes for FLUX is one that its tests hold the engine to", () => {
  const [, quoted] = /`([01]{28})`/.exec(read("content/docs/methods/mag-cache.mdx")) ?? [];
  expect(read("tests/methods/mag-cache.test.ts")).toContain(`[28, 0.06, 3, 0.2, "${quoted}"]`);
});

test("every method of the index has a file that the engine offers under a name in words", () => {
  expect(new Set(Object.keys(methods)).size).toBe(engineFiles.length);
});

// A grid in the README or the reference is the last output of `plan` above it.
test.each(["README.md", "content/docs/reference/command-line.mdx"])(
  "%s: the printed plan is what plan prints",
  (file) => {
    const text = read(file);
    const [, options, steps] = /plan --method pab --options '(\{.*\})' --steps (\d+)/.exec(text) ?? [];
    const planned = dryRun({
      methods: [methodFromName("pab", JSON.parse(options ?? ""))],
      timesteps: leading(Number(steps)),
    });
    const lines = planned.map(({ site, computed }) => {
      const count = [...computed].filter((one) => one === "1").length;
      return [site, computed.replaceAll("1", "#").replaceAll("0", "·"), `${count}/${computed.length}`];
    });
    const printed = text.split("\n").filter((line) => /^(temporal_)?transformer_blocks\./.test(line));
    expect(printed.map((line) => line.split(/ +/))).toEqual(lines);
  },
);

test("links between pages, and their anchors, lead somewhere", () => {
  const files = [
    "index.mdx",
    "404.md",
    ...folders.flatMap((folder) => names(`content/docs/${folder}`, ".mdx").map((name) => `${folder}/${name}.mdx`)),
    "methods/index.mdx",
  ];
  const known = new Set(["/", ...files.map((file) => `/${file.replace(/(\/index)?\.mdx?$/, "")}/`)]);
  const anchors = (path: string): string[] => {
    const text = read(`content/docs/${path.replace(/^\/|\/$/g, "")}.mdx`);
    return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
      (title as string)
        .toLowerCase()
        .replace(/[^\w\s-]/g, "")
        .replaceAll(" ", "-"),
    );
  };
  for (const file of files)
    for (const [, path, anchor] of read(`content/docs/${file}`).matchAll(
      /(?:\]\(|link: )(\/[^)#\s]*)(?:#([^)\s]+))?/g,
    )) {
      expect(known, `${file} links to ${path}`).toContain(path);
      if (anchor) expect(anchors(path as string), `${file} links to ${path}#${anchor}`).toContain(anchor);
    }
});

test("files that the README, the rules and the training notes link to are there", () => {
  for (const folder of ["", "training/"])
    for (const file of folder ? ["README.md"] : ["README.md", "CONTRIBUTING.md"])
      for (const [, path] of read(folder + file).matchAll(/\]\(([^):#]+)\)/g))
        expect(existsSync(folder + path), `${folder}${file} links to ${path}`).toBe(true);
});

test("every field of a trace is documented", () => {
  const code = read("src/engine/trace.ts");
  const fields = new Set([...code.matchAll(/readonly (\w+)\??:/g)].map(([, name]) => name as string));
  const page = read("content/docs/reference/trace.mdx");
  for (const field of fields) expect(page).toMatch(new RegExp(`[\`.]${field}[\`.]`));
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

test("bytes in the guide to memory are those of the recorded runs", () => {
  const rows = [...read("content/docs/guide/what-a-cache-costs.mdx").matchAll(/^\| (\[.+) \| .+ \| ([\d,]+) \|$/gm)];
  const stated = rows.flatMap(([, names, bytes]) =>
    [...(names as string).matchAll(/\/methods\/([a-z-]+)\//g)].map(
      ([, name]) => [name as string, Number((bytes as string).replaceAll(",", ""))] as const,
    ),
  );
  expect(stated.map(([name]) => name).toSorted()).toEqual(pages.toSorted());
  for (const [name, bytes] of stated) {
    const { cached } = JSON.parse(read(`site/public/recorded/${name}/run.json`));
    expect(cached.totals.bytes.peak.cache, name).toBe(bytes);
  }
});
