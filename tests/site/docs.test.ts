import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { methodFacts } from "../../site/methods/method-facts.js";
import { methodNeeds } from "../../site/methods/method-needs.js";
import { recordedQuality } from "../../site/quality/recorded-quality.js";
import { published } from "../../site/reference/published.js";
import { referencePages } from "../../site/reference/reference.js";
import { dryRun } from "../../src/engine/cache/dry-run.js";
import { methodFromName, methods } from "../../src/engine/cache/methods/index.js";
import { errorCodes } from "../../src/engine/error-codes.js";
import { qualityFigures } from "../../src/engine/measure/quality-report.js";
import { leading, mask } from "../contract.js";

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
/** Pages of methods that run. */
const pages = names("content/docs/methods", ".mdx").filter((name) => name !== "landscape");
const factsOf = (page: string) => {
  const [entry] = Object.entries(methodFacts).filter(([, facts]) => facts.page === page);
  if (!entry) throw new Error(`site/methods/facts.ts has no method with the page "${page}"`);
  return entry;
};

describe("a method's files belong together", () => {
  test.each(pages)("%s: an options table, a grid and an example of that name", (name) => {
    const text = read(`content/docs/methods/${name}.mdx`);
    for (const part of [`<Example name="${name}" />`, "<OptionsTable method="]) expect(text).toContain(part);
  });
  test.each(engineFiles)("%s has a line in the index", (name) => {
    expect(read("src/engine/cache/methods/index.ts")).toContain(`"./${name}.js"`);
  });
  test.each(pages)("%s: engine file, example and test", (name) => {
    for (const file of [`src/engine/cache/methods/${name}.ts`, `examples/${name}.ts`, `tests/methods/${name}.test.ts`])
      expect(existsSync(file), file).toBe(true);
  });
  test.each(pages)(
    "%s: its card names the paper that the code names, or where a method without one is from",
    (name) => {
      const [method, { source: card }] = factsOf(name);
      expect(read(`content/docs/methods/${name}.mdx`)).toContain(`<MethodCard method="${method}" />`);
      const code = read(`src/engine/cache/methods/${name}.ts`);
      const [, source = ""] = /^ {4}source: "([^"]+)",$/m.exec(code) ?? [];
      const [paper] = papers(source);
      const place = /github\.com\/[\w-]+\/[\w-]+/.exec(source)?.[0] ?? "github.com/huggingface/diffusers";
      expect(`${card.text} ${card.url}`).toContain(paper ?? place);
    },
  );
  test.each(pages)("%s: the parts of every method page, in their order, and no other section", (name) => {
    const [method] = factsOf(name);
    const text = read(`content/docs/methods/${name}.mdx`);
    const parts = [
      `<MethodCard method="${method}" />`,
      "\n## Run it\n",
      `<Example name="${name}" />`,
      "\n## How it works\n",
      "\n## Options\n",
      `<OptionsTable method="${method}" />`,
      "\n## Time and memory\n",
      "\n## When not to use it\n",
      "\n## Pitfalls of other implementations\n",
      "\n## Published numbers\n",
    ];
    const places = parts.map((part) => text.indexOf(part));
    expect(places, parts.filter((_, at) => (places[at] ?? -1) < 0).join()).toEqual(places.toSorted((a, b) => a - b));
    expect(places.every((place) => place > 0)).toBe(true);
    const headings = [...text.matchAll(/^## .+$/gm)].map(([heading]) => `\n${heading}\n`);
    expect(headings).toEqual(parts.filter((part) => part.startsWith("\n## ")));
    // One sentence or a few before the card: what it does.
    const before = text.slice(text.lastIndexOf('.astro";'), places[0]).split("\n").filter(Boolean).slice(1).join(" ");
    expect(before.length).toBeGreaterThan(60);
    expect(before.length).toBeLessThan(600);
  });
  test.each(pages)("%s: shows the published figures of its method, if there are any", (name) => {
    const [method] = factsOf(name);
    const shown = read(`content/docs/methods/${name}.mdx`).includes(`\n<Published method="${method}" />\n`);
    expect(shown).toBe(published.some((row) => row.method === method));
  });
});

describe("what cards and tables say of a method is what its code does", () => {
  test.each(Object.entries(methodFacts))("%s", (name, facts) => {
    const { guidance, calibration, decidesBy, reach } = methodNeeds(name as keyof typeof methodFacts);
    expect(existsSync(`content/docs/methods/${facts.page}.mdx`)).toBe(true);
    expect(facts.guidance.startsWith("Yes")).toBe(guidance);
    expect(facts.calibration.startsWith("Yes")).toBe(calibration);
    expect(facts.there.includes("diffusers")).toBe(!facts.diffusers.text.startsWith("Not there"));
    if (decidesBy === "data") expect(facts.decides).toMatch(/measured|change/);
    if (facts.memory === "each") expect(reach).toBe("sub-layers");
    if (facts.memory === "predictions") expect(reach).toBe("outputs");
  });
  test("all methods have their facts", () => {
    expect(Object.keys(methodFacts).toSorted()).toEqual(Object.keys(methods).toSorted());
  });
});

test("the note on model-agnostic methods has a line for every method, and every card leads to it", () => {
  const note = read("content/docs/guide/what-is-model-agnostic.mdx");
  for (const page of pages) expect(note).toContain(`(/methods/${page}/)`);
  expect(read("site/methods/MethodCard.astro")).toContain("guide/what-is-model-agnostic/");
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
    "compare.mdx",
    "gallery.mdx",
    "404.md",
    ...folders.flatMap((folder) => names(`content/docs/${folder}`, ".mdx").map((name) => `${folder}/${name}.mdx`)),
    "methods/index.mdx",
    "plan/index.mdx",
    "plan/how-true.mdx",
    "play.mdx",
  ];
  const endpoints = names("site/pages", ".ts").map((name) => `/${name}`);
  const known = new Set(["/", ...endpoints, ...files.map((file) => `/${file.replace(/(\/index)?\.mdx?$/, "")}/`)]);
  // Pages that the build writes.
  const generated = new Map(referencePages(".").map(({ path, markdown }) => [`/${path}/`, markdown]));
  for (const path of generated.keys()) known.add(path);
  const anchors = (path: string): string[] => {
    const page = path.replace(/^\/|\/$/g, "");
    const text =
      generated.get(path) ?? read(`content/docs/${page}${existsSync(`content/docs/${page}.mdx`) ? "" : "/index"}.mdx`);
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
  const code = read("src/engine/trace/trace.ts");
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

test("the README's table is the recorded one", () => {
  const report = recordedQuality({ model: "latte-motion-nano", steps: 28 });
  const said = [...read("README.md").matchAll(/^\| ([a-z-]+) +\| +([\d.]+) \| +(\S+) \|.* (\d+) KiB \|$/gm)];
  const recorded = qualityFigures(report).map(({ row, evaluations, psnr }) => [
    row.method,
    evaluations.toFixed(1),
    Number.isFinite(psnr.median) ? psnr.median.toFixed(1) : "equal",
    (row.cacheBytes / 1024).toFixed(0),
  ]);
  expect(said.map(([, ...cells]) => cells).toSorted()).toEqual(recorded.toSorted());
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

test("every guide ends with a thing to try and the next guide in their order, the last one with the playground", () => {
  const guides = names("content/docs/guide", ".mdx")
    .map((name) => ({ name, text: read(`content/docs/guide/${name}.mdx`) }))
    .map((guide) => ({ ...guide, order: Number(/^ {2}order: (\d+)$/m.exec(guide.text)?.[1]) }))
    .toSorted((a, b) => a.order - b.order);
  expect(new Set(guides.map(({ order }) => order)).size).toBe(guides.length);
  for (const [at, { name, text }] of guides.entries()) {
    const next = guides[at + 1];
    const end = text.trimEnd().split("\n\n").at(-1);
    expect(end, name).toMatch(/^Next: /);
    expect(end, name).toContain(next ? `](/guide/${next.name}/)` : "](/play/)");
    expect(text, name).toMatch(/^## (Try it|Do it|Three things to try|Reuse more)$/m);
  }
});
