import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compiled } from "../../site/support/compiled.js";
import { caches, support, supportFromJson } from "../../site/support/support.js";
import { entersContext, stateOf, supportRemarks } from "../../site/support/taken.js";
import { columns, verdict } from "../../site/support/verdict.js";
import { cellNames, columnNames, stateWords } from "../../site/support/words.js";

const pipeline = (name: string) => {
  const found = support.pipelines.find((one) => one.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};
const states = (name: string) =>
  Object.fromEntries(columns.map((column) => [column, verdict(support, pipeline(name), column).state]));
const file = () => JSON.parse(readFileSync("site/support/diffusers.json", "utf8"));

describe("the support matrix", () => {
  test("every class has every cell, none is left out, and versions are those of the page", () => {
    expect(support.classes.length).toBe(34);
    for (const { name, cells } of support.classes) {
      expect(Object.keys(cells), name).toEqual([...caches]);
      expect(
        Object.values(cells).some(({ state }) => state === "not-run"),
        name,
      ).toBe(false);
    }
    const page = readFileSync("content/docs/reference/support.mdx", "utf8");
    expect(page).toContain(`diffusers ${support.versions.diffusers} and cache-dit ${support.versions["cache-dit"]}`);
  });

  test("FLUX.1 takes the caches of whole blocks in its plain pipeline, and not where no context is entered", () => {
    expect(states("FluxPipeline")).toEqual({
      pab: "one-call",
      fastercache: "one-call",
      cfgcache: "raises",
      firstblockcache: "works",
      taylorseer: "works",
      "taylorseer-lite": "works",
      magcache: "works",
      seacache: "no-effect",
      dbcache: "works",
    });
    const fill = verdict(support, pipeline("FluxFillPipeline"), "firstblockcache");
    expect(fill.state).toBe("raises");
    expect(fill.why).toMatch(/^ValueError: No cache context is set\./);
    expect(states("FluxFillPipeline")).toMatchObject({ pab: "own-callback", magcache: "works", dbcache: "works" });
    expect(states("FluxKontextPipeline").magcache).toBe("one-call");
  });

  test("what raises says what it says", () => {
    const why = (name: string, column: (typeof columns)[number]) => verdict(support, pipeline(name), column).why;
    expect(why("LTX2Pipeline", "magcache")).toBe(
      "ValueError: Model class <class 'diffusers.models.transformers.transformer_ltx2.LTX2VideoTransformerBlock'> not registered.",
    );
    expect(why("Flux2KleinPipeline", "firstblockcache")).toBe(
      "TypeError: unsupported operand type(s) for -: 'Tensor' and 'list'",
    );
    expect(support.startsLate.fastercache).toMatchObject({ state: "raises", at: "call 1" });
  });

  test("no error is not enough: some reuse nothing, some give another output", () => {
    expect(states("CogVideoXPipeline")).toMatchObject({ taylorseer: "no-effect", fastercache: "works", pab: "works" });
    expect(states("LTX2Pipeline")["taylorseer-lite"]).toBe("wrong");
    expect(states("WanVACEPipeline").firstblockcache).toBe("wrong");
    expect(states("WanPipeline").seacache).toBe("works");
    expect(states("WanImageToVideoPipeline").seacache).toBe("no-effect");
  });

  test("a transformer without enable_cache takes none of diffusers'", () => {
    const { dbcache, ...own } = states("ZImagePipeline");
    expect(new Set(Object.values(own))).toEqual(new Set(["absent"]));
    expect(dbcache).toBe("not-run");
  });

  test("every cache and state has words", () => {
    expect(Object.keys(columnNames)).toEqual([...columns]);
    expect(Object.keys(cellNames).toSorted()).toEqual([...caches].toSorted());
    for (const one of support.pipelines)
      for (const column of columns) expect(stateWords).toHaveProperty([verdict(support, one, column).state]);
  });

  test("a file of another form is refused by the name of the field", () => {
    const wrong = file();
    wrong.classes[0].cells.pab = { state: "perhaps" };
    expect(() => supportFromJson(wrong)).toThrow(/classes.*pab.*state/s);
    const more = file();
    more.pipelines[3].speed = 2;
    expect(() => supportFromJson(more)).toThrow(/speed/);
    const less = file();
    delete less.versions.torch;
    expect(() => supportFromJson(less)).toThrow(/torch/);
  });

  test("the small table for snippets says the same", async () => {
    const pipelines = Object.fromEntries(
      support.pipelines.map((one) => [
        one.name,
        columns.map((column) => verdict(support, one, column).state).join(" "),
      ]),
    );
    const withoutContext = support.pipelines
      .filter(({ context, enableCache }) => enableCache && !context)
      .map(({ name }) => name);
    const text = JSON.stringify({ diffusers: support.versions.diffusers, columns, pipelines, withoutContext }, null, 2);
    await expect(`${text}\n`).toMatchFileSnapshot("../../site/support/taken.json");
    expect(stateOf("FluxPipeline", "magcache")).toBe("works");
    expect(stateOf("NoPipeline", "magcache")).toBeUndefined();
    expect([entersContext("ChromaPipeline"), entersContext("FluxPipeline")]).toEqual([false, true]);
  });

  test("a snippet says what raises and what to use instead, and no snippet of the site has to", () => {
    expect(supportRemarks("LTX2Pipeline", "firstblockcache", "FirstBlockCacheConfig")).toEqual([
      "FirstBlockCacheConfig raises with LTX2Pipeline in diffusers 0.42.1; use cache-dit.",
    ]);
    expect(supportRemarks("LattePipeline", "magcache", "MagCacheConfig")).toEqual([
      "MagCacheConfig raises with LattePipeline in diffusers 0.42.1; use a cache of another kind.",
    ]);
    expect(supportRemarks("FluxPipeline", "pab", "PyramidAttentionBroadcastConfig")).toEqual([]);
    const snippets = JSON.parse(readFileSync("tests/fixtures/python-snippets.json", "utf8"));
    const code = snippets.map((one: { code: readonly string[] }) => one.code.join("\n")).join("\n");
    expect(code).toContain("enable_cache(FirstBlockCacheConfig(");
    expect(code).not.toMatch(/ in diffusers [\d.]+; use /);
  });

  test("what torch.compile still compiles: MagCache leaves no block, FirstBlockCache nearly all", () => {
    const share = (cache: string, how: string) =>
      compiled.rows.find((row) => row.cache === cache && row.how === how)?.share;
    expect(share("none", "whole")).toBe(1);
    expect(share("magcache", "blocks")).toBe(0);
    expect(share("firstblockcache", "blocks")).toBe(share("none", "blocks"));
    const { versions } = support;
    expect(compiled.versions).toEqual({
      diffusers: versions.diffusers,
      "cache-dit": versions["cache-dit"],
      torch: versions.torch,
    });
    const failing = compiled.rows.filter(({ fullgraph }) => fullgraph !== null).map(({ cache }) => cache);
    expect(failing).not.toContain("pab");
    expect(failing).toContain("firstblockcache");
  });
});
