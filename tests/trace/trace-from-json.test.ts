import { readdirSync, readFileSync } from "node:fs";
import { EngineError, readInfinity, traceFromJson } from "diffusion-cache";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

// What is loaded back may have been written by another version, cut short or edited by hand.

const recorded = readdirSync("examples").map((file) => file.replace(/\.ts$/, ""));
const record = (name: string) =>
  JSON.parse(readFileSync(`site/public/recorded/${name}/run.json`, "utf8"), readInfinity);
const real = () => structuredClone(record("tea-cache").cached);

test.each(recorded)("%s: both recorded traces are read, and are what they were", (name) => {
  const { uncached, cached } = record(name);
  for (const trace of [uncached, cached]) expect(traceFromJson(trace)).toBe(trace);
});

describe("refuses, and says what it found", () => {
  const refusal = (json: unknown) => {
    try {
      traceFromJson(json);
    } catch (error) {
      return error as EngineError;
    }
    throw new Error("it was read");
  };
  test.each([
    ["another version", { version: 2 }, "its version is 2, and this engine reads version 1"],
    ["another format", { format: "diffusion-cache/calibration" }, 'its format is "diffusion-cache/calibration"'],
    ["no steps", { steps: 0 }, "steps is 0; expected a whole number from 1 to 1000"],
    ["a list cut short", { stepMs: [1, 2] }, "stepMs has 2 entries; expected one for each of the 20 steps"],
    ["times of probes", { stepProbeMs: Array(20).fill(-1) }, "stepProbeMs[0] is -1; expected a number from 0 up"],
    ["a site's mask", { sites: [{ site: "a", kind: "b", computed: "1" }] }, "sites[0].computed is"],
    ["a missing part", { totals: undefined }, "totals is undefined; expected an object"],
  ])("%s", (_, change, message) => {
    const error = refusal({ ...real(), ...change });
    expect(error).toMatchObject({ code: "file-invalid" });
    expect(error.message).toContain(message);
    expect(error.hint).toMatch(/--trace/);
  });
  test("a decision that no version knows", () => {
    const trace = real();
    trace.visits[3].decision = "guess";
    expect(refusal(trace).message).toContain('visits[3].decision is "guess"; expected compute or reuse or forecast');
  });
  test.each([null, [], 1, "text", true])("%j", (json) => {
    expect(refusal(json)).toMatchObject({ code: "file-invalid" });
  });
});

/** Every place in a value, as keys from the top. */
const placesIn = (value: unknown, path: readonly string[] = []): string[][] => [
  [...path],
  ...(typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, one]) => placesIn(one, [...path, key]))
    : []),
];

test("whatever is put anywhere, it is read or refused as an EngineError", () => {
  const small = real();
  small.visits.length = 4;
  small.sites.length = 2;
  const places = placesIn(small).filter(({ length }) => length > 0);
  const outcomes = { read: 0, refused: 0 };
  fc.assert(
    fc.property(
      fc.constantFrom(...places),
      fc.anything({ withBigInt: true, withNullPrototype: true }),
      (place, put) => {
        const trace = structuredClone(small);
        const last = place.at(-1) as string;
        const parent = place.slice(0, -1).reduce((at, key) => at[key], trace);
        parent[last] = put;
        try {
          traceFromJson(trace);
          outcomes.read++;
        } catch (error) {
          expect(error).toBeInstanceOf(EngineError);
          outcomes.refused++;
        }
      },
    ),
    { numRuns: 20_000 },
  );
  expect(outcomes.refused).toBeGreaterThan(10_000);
  expect(outcomes.read).toBeGreaterThan(100); // options, notes and texts are free
});

test("any JSON at all is refused", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      expect(() => traceFromJson(json)).toThrow(EngineError);
    }),
    { numRuns: 2000 },
  );
});
