import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fluxConfig, fluxWeights } from "../../src/engine/architectures/flux-config.js";
import { latteConfig, latteWeights } from "../../src/engine/architectures/latte-config.js";
import { magCache } from "../../src/engine/cache/methods/mag-cache.js";
import { smoothCache } from "../../src/engine/cache/methods/smooth-cache.js";
import { teaCache } from "../../src/engine/cache/methods/tea-cache.js";
import { sitesOf } from "../../src/engine/cache/sites-of.js";
import { calibrationFromJson } from "../../src/engine/calibrate/calibration.js";
import { EngineError } from "../../src/engine/errors.js";
import { benchReportFromJson } from "../../src/engine/measure/bench-report.js";
import { manifestFromJson } from "../../src/engine/models/manifest.js";
import { presetsFromJson } from "../../src/engine/models/presets.js";
import { schedulerFromConfig } from "../../src/engine/schedulers/index.js";
import { encodePrompt, vocabularyFromJson } from "../../src/engine/text/vocabulary.js";
import { traceFromJson } from "../../src/engine/trace/trace-from-json.js";

// Files come from anywhere. Whatever stands in them, a parser gives a value or an EngineError, soon.

const json = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));
const latte = "site/public/models/latte-motion-nano";
const flux = "site/public/models/flux-shapes-nano";

/** Values that parsers stumble over. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    "",
    0,
    -1,
    0.5,
    1e9,
    2 ** 53,
    1e308,
    -1e308,
    [],
    {},
    [[]],
    "__proto__",
    "constructor",
  ),
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ maxLength: 40 }),
);
const oddKey = fc.oneof(
  fc.constantFrom("__proto__", "constructor", "toString", "length", ""),
  fc.string({ maxLength: 8 }),
);

interface Change {
  readonly path: readonly number[];
  readonly what: "replace" | "delete" | "add" | "repeat";
  readonly key: string;
  readonly value: unknown;
}
const change: fc.Arbitrary<Change> = fc.record({
  path: fc.array(fc.nat(1000), { minLength: 1, maxLength: 5 }),
  what: fc.constantFrom("replace", "delete", "add", "repeat"),
  key: oddKey,
  value: odd,
});

/** A copy of `node` with one thing in it changed, at a place that `path` picks. */
const changed = (node: unknown, { path, ...how }: Change): unknown => {
  const [pick = 0, ...rest] = path;
  if (typeof node !== "object" || node === null) return how.value;
  const entries: [string, unknown][] = Object.entries(node);
  const at = pick % Math.max(1, entries.length);
  if (rest.length > 0 && entries[at]) entries[at][1] = changed(entries[at][1], { path: rest, ...how });
  else if (how.what === "delete") entries.splice(at, 1);
  else if (how.what === "add") entries.push([how.key, how.value]);
  else if (how.what === "repeat" && entries[at])
    for (let i = 0; i < 50; i++) entries.push([`${how.key}${i}`, entries[at][1]]);
  else if (entries[at]) entries[at][1] = how.value;
  if (Array.isArray(node)) return entries.map(([, value]) => value);
  const copy = {};
  for (const [name, value] of entries)
    Object.defineProperty(copy, name, { value, enumerable: true, configurable: true, writable: true });
  return copy;
};

const onlyEngineErrors = (run: () => unknown): void => {
  try {
    run();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    expect(error.message.length).toBeLessThan(2000);
  }
};

const latteNetwork = json(`${latte}/transformer/config.json`);
const fluxNetwork = json(`${flux}/transformer/config.json`);
const run = (json("site/public/recorded/fora/run.json") as { cached: unknown }).cached;
const sources: Record<string, { readonly valid: unknown; readonly read: (value: unknown) => unknown }> = {
  "a manifest": { valid: json(`${latte}/manifest.json`), read: (value) => manifestFromJson(value, "manifest.json") },
  "a Latte's config": { valid: latteNetwork, read: (value) => latteWeights(latteConfig(value)) },
  "a FLUX's config": { valid: fluxNetwork, read: (value) => fluxWeights(fluxConfig(value)) },
  "a config, for its sites": { valid: latteNetwork, read: (value) => sitesOf(value as never).all() },
  "a DDIM scheduler": {
    valid: json(`${latte}/scheduler/scheduler_config.json`),
    read: (value) => schedulerFromConfig(value, 20).timesteps,
  },
  "a flow scheduler": {
    valid: json(`${flux}/scheduler/scheduler_config.json`),
    read: (value) => schedulerFromConfig(value, 20).timesteps,
  },
  "a vocabulary": {
    valid: json(`${latte}/text/vocabulary.json`),
    read: (value) => encodePrompt(vocabularyFromJson(value), "a large red circle moving right on a black background"),
  },
  "a calibration": {
    valid: json(`${latte}/calibration.json`),
    read(value) {
      const { magcache, teacache, smoothcache } = calibrationFromJson(value, "calibration.json");
      return [magCache(magcache), teaCache(teacache), smoothCache(smoothcache)];
    },
  },
  "a model's presets": {
    valid: json(`${latte}/presets.json`),
    read: (value) => presetsFromJson(value, "presets.json"),
  },
  "a trace": { valid: run, read: traceFromJson },
  "a report of bench": { valid: undefined, read: (value) => benchReportFromJson(value, "report.json") },
};

/** What was once found to break a parser, whole. */
const corpus: readonly (readonly [string, () => unknown])[] = [
  ["a kind of sub-layer with a number for its errors", () => smoothCache({ errors: { "feed-forward": 0 } as never })],
  ["a kind of sub-layer that there is not", () => smoothCache({ errors: { toString: [[1]] } as never })],
  ["a path of megabytes", () => manifestFromJson({ files: [{ path: ["x".repeat(1e6)] }] }, "manifest.json")],
];

describe("hostile input", () => {
  it.each(Object.entries(sources))(
    "%s is read or refused by an EngineError",
    (_, { valid, read }) => {
      if (valid !== undefined) read(valid);
      const value =
        valid === undefined
          ? odd
          : fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => changes.reduce(changed, valid));
      fc.assert(
        fc.property(value, (hostile) => onlyEngineErrors(() => read(hostile))),
        { numRuns: 6000 },
      );
    },
    120_000,
  );

  it.each(corpus)("%s is refused", (_, run) => {
    expect(run).toThrow(EngineError);
    onlyEngineErrors(run);
  });
});
