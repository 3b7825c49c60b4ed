import { describe, expect, test } from "vitest";
import { type ActiveSite, activeSites, decider, knownAhead, nameOf, probesOf } from "../../src/engine/cache/decide.js";
import { latteSites } from "../../src/engine/cache/dry-run.js";
import { cfgCache } from "../../src/engine/cache/methods/cfg-cache.js";
import { fasterCache } from "../../src/engine/cache/methods/faster-cache.js";
import { firstBlockCache } from "../../src/engine/cache/methods/first-block-cache.js";
import { fora } from "../../src/engine/cache/methods/fora.js";
import { pab } from "../../src/engine/cache/methods/pyramid-attention-broadcast.js";
import { type CacheMethod, compute, type Decision, reuse } from "../../src/engine/method.js";
import { engineError } from "../error.js";

const map = latteSites(2);
const facts = { steps: 4, timesteps: [900, 600, 300, 0], branch: "cond" } as const;

/** A method at the blocks of the network that answers this whenever it is asked. */
const answering = (answer: unknown, more: Partial<CacheMethod> = {}): CacheMethod => ({
  name: "own",
  options: {},
  history: 2,
  sites: (model) => [model.blocks()],
  start: () => () => answer as Decision,
  ...more,
});

/** What comes of an answer where `kept` features are there. */
const decided = (answer: unknown, kept = 2, more: Partial<CacheMethod> = {}): unknown => {
  const one = activeSites([answering(answer, { history: 5, ...more })], map)[0] as ActiveSite;
  const deciding = decider([one], facts);
  for (let step = 0; step < kept; step++) deciding.record(one, step, compute);
  return deciding.visit(one, kept, [], false);
};

describe("an answer of a method", () => {
  test.each([
    ["compute", compute, 2, {}],
    ["reuse", reuse, 1, {}],
    ["a weight for each feature", { weights: [2, -1] }, 2, {}],
    ["fewer weights than features", { weights: [2, -1] }, 3, {}],
    ["weights over the last two values as well", { weights: [1, 0, 2, -1] }, 2, { keeps: "both" }],
    ["bands", { weights: { low: 1, high: 0.5 } }, 1, { bands: true }],
  ])("is taken: %s", (_, answer, kept, more) => {
    expect(decided(answer, kept, more as Partial<CacheMethod>)).toEqual({ decision: answer });
  });

  test.each([
    ["nothing", undefined, 2, {}],
    ["null", null, 2, {}],
    ["a word", "skip", 2, {}],
    ["no weights", {}, 2, {}],
    ["weights of no feature", { weights: [] }, 2, {}],
    ["more weights than features", { weights: [3, -3, 1] }, 2, {}],
    ["more weights than features and values", { weights: [1, 0, 2, -1, 1] }, 2, { keeps: "both" }],
    ["a weight that is no number", { weights: [1, Number.NaN] }, 2, {}],
    ["a weight without end", { weights: [Number.POSITIVE_INFINITY] }, 2, {}],
    ["a number for weights", { weights: 1 }, 2, {}],
    ["bands of a method that has none", { weights: { low: 1, high: 1 } }, 2, {}],
    ["one band", { weights: { low: 1 } }, 2, { bands: true }],
    ["the other band", { weights: { high: 1 } }, 2, { bands: true }],
    ["a band that is no number", { weights: { low: 1, high: "1" } }, 2, { bands: true }],
    ["a number for bands", { weights: 1 }, 2, { bands: true }],
  ])("is refused: %s", (_, answer, kept, more) => {
    engineError("option-invalid", () => decided(answer, kept, more as Partial<CacheMethod>));
  });

  test("is not asked for where nothing is kept yet", () => {
    expect(decided("skip", 0)).toEqual({ decision: compute });
  });

  test("has all reasons that were given", () => {
    const start: CacheMethod["start"] = () => (visit) => {
      visit.because({ distance: 0.25 });
      visit.because({ forced: true });
      return reuse;
    };
    expect(decided(reuse, 1, { start })).toEqual({ decision: reuse, reasons: { distance: 0.25, forced: true } });
  });
});

test.each([
  [{}, [0]],
  [{ keeps: "every visit" }, [1, 0]],
] as const)("what is kept after a computed and a reused step: %j", (more, steps) => {
  const one = activeSites([answering(reuse, more)], map)[0] as ActiveSite;
  const deciding = decider([one], facts);
  deciding.record(one, 0, compute);
  deciding.record(one, 1, reuse);
  expect(deciding.kept(one.site)).toEqual(steps);
});

test.each([
  [compute, "compute"],
  [reuse, "reuse"],
  [{ weights: [1] }, "reuse"],
  [{ weights: [2] }, "forecast"],
  [{ weights: [1, 0] }, "forecast"],
  [{ weights: { low: 1, high: 1 } }, "forecast"],
] as const)("%j is called %s", (decision, name) => {
  expect(nameOf(decision)).toBe(name);
});

test("decisions are known ahead without probes and without another thread", () => {
  const startRemote = () => async () => reuse;
  expect(knownAhead(pab(), map)).toBe(true);
  expect(knownAhead(firstBlockCache({ threshold: 0.1 }), map)).toBe(false);
  expect(knownAhead(answering(reuse, { startRemote }), map)).toBe(false);
  expect(knownAhead(fasterCache(), map)).toBe(true);
  const parts = [fora(), firstBlockCache({ threshold: 0.1 })];
  expect(knownAhead(answering(reuse, { parts }), map)).toBe(false);
  expect(probesOf(answering(reuse, { parts }), map)).toEqual(probesOf(parts[1] as CacheMethod, map));
  expect(knownAhead(answering(reuse, { parts: [fora(), answering(reuse, { startRemote })] }), map)).toBe(false);
});

test("sites come outermost first, then in the order of the pass; those above the network before all", () => {
  const active = activeSites([fora(), cfgCache()], map);
  expect(active[0]?.site.kind).toBe("uncond");
  const inside = active.slice(1).map(({ site }) => site);
  expect(inside.length).toBeGreaterThan(2);
  expect(inside.map(({ from }) => from)).toEqual(inside.map(({ from }) => from).toSorted((a, b) => a - b));
  const nested = activeSites([fora(), answering(reuse)], map);
  expect(nested[0]?.method.name).toBe("own");
  const output = answering(reuse, { sites: (model) => [model.output()] });
  expect(activeSites([output, cfgCache()], map).map(({ site }) => site.kind)).toEqual(["uncond", "output"]);
});

test.each([undefined, null, "blocks", [undefined], [{}], [{ from: "0" }]])("sites that are none: %j", (sites) => {
  engineError("option-invalid", () => activeSites([answering(reuse, { sites: () => sites as never })], map));
});
