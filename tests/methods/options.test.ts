import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dryRun } from "../../src/engine/cache/dry-run.js";
import { type MethodName, methodFromName, methods } from "../../src/engine/cache/methods/index.js";
import { methodInfo } from "../../src/engine/cli/methods.js";
import { EngineError } from "../../src/engine/errors.js";
import { leading } from "../contract.js";
import { jumpErrors } from "../jump-errors.js";
import { smoothProducts } from "../smooth-products.js";

// Whatever anybody gives as options: a method, or a refusal that names the method, the option and the value.

const names = Object.keys(methods) as MethodName[];
const required: Partial<Record<MethodName, object>> = {
  magcache: { magRatios: [1, 1.1, 1.05] },
  dpcache: { errors: jumpErrors(20) },
  meancache: { products: smoothProducts(20) },
  smoothcache: { errors: { "feed-forward": [Array.from({ length: 19 }, () => 0.1)] } },
  teacache: { coefficients: [1, 0] },
};

const anything = fc.oneof(
  fc.constantFrom(null, undefined, Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 1, 2, 0.5, 1e9, "", "2", [], {}, true),
  fc.double(),
  fc.integer(),
  fc.tuple(fc.double(), fc.double()),
  fc.array(fc.oneof(fc.double(), fc.string(), fc.constant(null), fc.record({ timestep: fc.double() })), {
    maxLength: 4,
  }),
  fc.record({ timestep: fc.anything(), blocks: fc.anything(), skipCount: fc.anything() }).map((entry) => [entry]),
  fc.dictionary(fc.constantFrom("feed-forward", "spatial-attention", "x", "by", "order", "lastStep"), fc.anything()),
  fc.constantFrom("diffusers", "paper", "foca", "dynamic", "medium", "1011", "guided", "feed-forward"),
  fc.anything(),
);

/** What a call gives, or the refusal; any other error fails the test. */
const attempt = <T>(call: () => T): T | EngineError => {
  try {
    return call();
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
};

describe.each(names)("%s", (name) => {
  const own = { ...required[name] };
  const options = [...Object.keys(methodInfo(name).options), "guards", "forecast"];

  test.each(options)("%s: any value is taken or refused in words", (option) => {
    fc.assert(
      fc.property(anything, (value) => {
        const made = attempt(() => methodFromName(name, { ...own, [option]: value }));
        if (made instanceof EngineError) {
          expect(["option-invalid", "option-unknown"]).toContain(made.code);
          expect(made.message).toContain(name);
          expect(made.message.length).toBeGreaterThan(20);
          return;
        }
        // What was taken can be said again, and decides in every step, or is refused where the run is known.
        const plan = attempt(() => dryRun({ methods: [made], timesteps: leading(20) }));
        if (plan instanceof EngineError)
          expect(["option-invalid", "site-missing", "needs-readings"]).toContain(plan.code);
        else for (const { computed } of plan) expect(computed).toMatch(/^1[01]{19}$/);
      }),
      { numRuns: 300 },
    );
  });

  test("options that are no object, or not its own, are refused", () => {
    for (const wrong of [null, 5, "a", [1]])
      expect(attempt(() => methodFromName(name, wrong as never))).toBeInstanceOf(EngineError);
    expect(attempt(() => methodFromName(name, { ...own, thresold: 1 }))).toMatchObject({
      code: "option-unknown",
      message: expect.stringContaining("thresold"),
    });
  });
});

test("a name that is no method's is refused, whatever it is", () => {
  fc.assert(
    fc.property(fc.anything(), (name) => {
      fc.pre(typeof name !== "string" || !Object.hasOwn(methods, name));
      expect(attempt(() => methodFromName(name as string))).toMatchObject({ code: "method-unknown" });
    }),
  );
});
