import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SenCacheOptions, senCache } from "../../src/engine/cache/methods/sen-cache.js";
import type { Engine } from "../../src/engine/engine.js";
import type { Visit } from "../../src/engine/method.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { readFixture, relativeError } from "../golden/fixture.js";
import { recordedRequest, smallModels } from "../small-models.js";

// arXiv:2602.24208. The recorded runs are those of maxdiffusion's own loop (tests/reference/sen_cache.py).

const recorded = JSON.parse(readFileSync("tests/fixtures/sen-cache.json", "utf8")) as readonly {
  readonly steps: number;
  readonly options: SenCacheOptions;
  readonly computed: readonly number[];
  readonly latents: readonly number[];
}[];
const fixture = readFixture("flux-a");

describe("on flux-a, as maxdiffusion", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ model: fixture.folder, backend: "wasm", scheduler: fixture.scheduler("flow") });
  });
  afterAll(() => engine.dispose());

  test.each(recorded)("$steps steps, $options", async ({ steps, options, computed, latents: wanted }) => {
    const request = recordedRequest(smallModels[1], fixture.tensor, steps);
    const { latents, trace } = await engine.generate({ ...request, cache: [senCache(options)] });
    const decided = trace.visits.filter(({ decision }) => decision === "compute").map(({ step }) => step);
    expect(decided).toEqual(computed);
    for (const { decision, reasons } of trace.visits)
      if (decision !== "compute") {
        expect(reasons?.threshold).toBe(options.epsilon ?? 0.1);
        expect(reasons?.accumulated).toBeLessThanOrEqual(options.epsilon ?? 0.1);
      }
    expect(relativeError(latents.data, Float32Array.from(wanted))).toBeLessThan(1e-4);
  });
});

/** Answers in a run whose latents move by `rms` in every step, seen from the last computed one. */
const answers = (options: SenCacheOptions, steps: number, rms: number, forced: readonly number[] = []): string => {
  const timesteps = Array.from({ length: steps }, (_, step) => 1000 - (1000 / steps) * step);
  const decide = senCache(options).start({ steps, timesteps, branch: "cond" });
  let last = 0;
  return timesteps
    .map((timestep, step) => {
      if (step === 0) return "1"; // never asked
      const readings = [{ change: 0, magnitude: 0, present: 0, rms: rms * (step - last) }];
      const visit = { ...{ step, steps, timestep, readings, forced: forced.includes(step) }, because: () => {} };
      const computes = decide(visit as unknown as Visit) === "compute";
      if (computes) last = step;
      return computes ? "1" : "0";
    })
    .join("");
};

describe("SenCache", () => {
  const open: SenCacheOptions = { nocacheStartRatio: 0, nocacheEndRatio: 0, alphaT: 0 };

  test("adds the distance from the last computed step anew in every step", () => {
    // 1, 1 + 2, 1 + 2 + 3 of .1: .6 is within .65, 1 is not.
    expect(answers({ ...open, epsilon: 0.65, maxReuse: 9 }, 9, 0.1)).toBe("100010001");
    expect(answers({ ...open, epsilon: 0.1, maxReuse: 9 }, 6, 0.1)).toBe("101010"); // equal is within
  });

  test("the timestep counts by its share of a run", () => {
    expect(answers({ ...open, alphaX: 0, alphaT: 1, epsilon: 0.31, maxReuse: 9 }, 10, 5)).toBe("1001001001");
  });

  test("computes at both ends, and after as many reuses as it may take", () => {
    expect(answers({ epsilon: 9 }, 20, 0.01)).toBe("11111100010001000111");
    expect(answers({ ...open, epsilon: 9, maxReuse: 2 }, 9, 0.01)).toBe("100100100");
    expect(answers({ ...open, epsilon: 9, maxReuse: 0 }, 5, 0.01)).toBe("11111");
  });

  test("a step that is computed for another reason counts as one", () => {
    expect(answers({ ...open, epsilon: 9 }, 9, 0.01, [2])).toBe("101000100");
  });

  test.each([
    [{ epsilon: -1 }],
    [{ maxReuse: 1.5 }],
    [{ nocacheStartRatio: 1.1 }],
    [{ nocacheEndRatio: -0.1 }],
    [{ alphaX: Number.NaN }],
    [{ alphaT: "1" }],
  ])("%j is refused", (options) => {
    expect(() => senCache(options as never)).toThrow(expect.objectContaining({ code: "option-invalid" }));
  });

  test("an option that it does not have is refused", () => {
    expect(() => senCache({ threshold: 1 } as never)).toThrow(expect.objectContaining({ code: "option-unknown" }));
  });
});
