import { describe, expect, it } from "vitest";
import { methodFromName } from "../../src/engine/cache/methods/index.js";
import type { GenerateOptions } from "../../src/engine/engine.js";
import { EngineError } from "../../src/engine/errors.js";
import { autotune, type Floor, type Trial } from "../../src/engine/measure/autotune.js";
import { fewerSteps } from "../../src/engine/measure/fewer-steps.js";
import { trialsOf } from "../../src/engine/measure/measured.js";
import { measures } from "../../src/engine/metrics/measures.js";
import { statedEngine } from "../run/stated-engine.js";

const cachedBy = ({ cache = [] }: GenerateOptions): Record<string, unknown> & { name?: string } => ({
  ...cache[0]?.options,
  ...(cache[0] ? { name: cache[0].name } : {}),
});

describe("a setting over some clips", () => {
  it("has the median speed-up of runs in turn, the worst quality and the largest cache", async () => {
    let references = 3; // made once, at another speed than the runs beside which a setting is timed
    const { engine, asked } = statedEngine(({ cache, seed = 0 }) =>
      cache?.length
        ? {
            ms: [50, 25, 100][seed] as number,
            pixel: [0.2, 0.02, 0.1][seed] as number,
            peak: { cache: [8, 64, 32][seed] as number },
          } // prettier-ignore
        : { ms: references-- > 0 ? 1000 : 100 },
    );
    const { attempt } = await trialsOf(engine, { steps: 4 }, [{ seed: 0 }, { seed: 1 }, { seed: 2 }]);
    const measured = await attempt([methodFromName("fora", {})], 3);
    expect(measured).toEqual({
      speedup: 2,
      psnr: expect.closeTo(20, 5),
      // Of plain frames it is that of their means, here 0.5 and 0.6.
      ssim: expect.closeTo((2 * 0.5 * 0.6 + 1e-4) / (0.5 ** 2 + 0.6 ** 2 + 1e-4), 6),
      cacheBytes: 64,
      // Of the worst clip too: the low end of the one, the high end of the others.
      ...{ msSsim: expect.closeTo(0.9836, 3), flip: expect.closeTo(0.285, 3), latentDrift: expect.closeTo(0.2, 6) },
    });
    expect(asked.map(({ seed, steps, cache }) => [seed, steps, cache?.length])).toEqual([
      ...[0, 1, 2].map((seed) => [seed, 4, 0]),
      ...[0, 1, 2].flatMap((seed) => [
        [seed, 4, 0],
        [seed, 3, 1],
      ]),
    ]);
  });
});

describe("the curve of fewer steps", () => {
  const curve = async (scheduler: string, options = {}) => {
    const { engine } = statedEngine(({ steps }) => ({ ms: 5 * steps, pixel: steps < 20 ? 0.2 : 0 }), {
      scheduler: { _class_name: scheduler, ...(scheduler === "DDIMScheduler" ? { timestep_spacing: "trailing" } : {}) },
    });
    const tried: number[] = [];
    const found = await fewerSteps(engine, { ...options, onPoint: (_, count) => tried.push(count) });
    expect(tried).toEqual(found.map((_, at) => at + 1));
    return found;
  };

  it("falls by a fifth from 85 %, to the two steps that are the fewest", async () => {
    const found = await curve("FlowMatchEulerDiscreteScheduler");
    const seen = { msSsim: expect.any(Number), flip: expect.any(Number), latentDrift: expect.closeTo(0.2, 6) };
    expect(found.map(({ steps }) => steps)).toEqual([17, 14, 11, 9, 7, 6, 4]);
    expect(found[0]).toEqual({
      steps: 17,
      speedup: 100 / 85,
      psnr: expect.closeTo(20, 5),
      ssim: expect.any(Number),
      ...seen,
    });
    const few = await curve("FlowMatchEulerDiscreteScheduler", { steps: 3 });
    expect(few.map(({ steps }) => steps)).toEqual([2]);
    const three = await curve("FlowMatchEulerDiscreteScheduler", { points: 3 });
    expect(three.map(({ steps }) => steps)).toEqual([17, 14, 11]);
  });

  it("passes over numbers of steps that leave noise in the clip, here 17, 11, 7 and 6", async () => {
    expect((await curve("DDIMScheduler")).map(({ steps }) => steps)).toEqual([16, 14, 10, 9, 5, 4]);
    // 7 and 6 of 8 end at 5, which is asked for next and not made twice.
    expect((await curve("DDIMScheduler", { steps: 8 })).map(({ steps }) => steps)).toEqual([5, 4, 3, 2]);
  });
});

describe("the search for the fastest setting", () => {
  /** FORA and EasyCache by their setting: time of the trial, time in the final, value of the pixels. */
  const known: Record<string, readonly [number, number, number]> = {
    "fora 2": [50, 50, 0.02],
    "fora 3": [25, 80, 0.04],
    "fora 4": [20, 20, 0.2], // below the floor: 6 is not tried
    "easycache 0.02": [90, 90, 0.01],
    "easycache 0.05": [60, 40, 0.05],
    "easycache 0.1": [30, 30, 0.5],
    "textkv undefined": [120, 100, 0],
  };
  const search = (floor: Floor, methods = ["fora", "textkv", "easycache", "cfgcache"]) => {
    const seen = new Set<string>();
    const { engine, asked } = statedEngine((request) => {
      const { name, interval, threshold } = cachedBy(request);
      if (!name) return { ms: 100 };
      if (name === "cfgcache") throw new EngineError("site-missing", "nothing to cache here");
      const key = `${name} ${interval ?? threshold}`;
      const [trial, final, pixel] = known[key] as readonly [number, number, number];
      const first = !seen.has(key);
      seen.add(key);
      return { ms: first ? trial : final, pixel };
    });
    const told: number[] = [];
    const onTrial = (_: unknown, tried: number) => told.push(tried);
    return { tuned: autotune(engine, { floor, methods: methods as "fora"[], onTrial }), asked, told };
  };

  it("climbs each ladder to the first setting below the floor, and times the three fastest again", async () => {
    const { tuned, asked, told } = search({ psnr: 30 });
    const { best, trials, leftOut } = await tuned;
    expect(
      trials.map(({ method, speedup, reachesFloor, finalist }) => [method, speedup, reachesFloor, finalist]),
    ).toEqual([
      ["fora", 2, true, true],
      ["fora", 1.25, true, true],
      ["fora", 5, false, false],
      ["textkv", 100 / 120, true, false],
      ["easycache", 100 / 90, true, false],
      ["easycache", 2.5, true, true],
      ["easycache", 100 / 30, false, false],
    ]);
    expect(best).toBe(trials[5]);
    expect(best?.options).toEqual({ threshold: 0.05 });
    expect(leftOut).toEqual({ cfgcache: "nothing to cache here" });
    expect(told).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(asked).toHaveLength(1 + 2 * 8 + 12);
    // The final: three rounds of the uncached run and the finalists, fastest trial first.
    expect(asked.slice(-12).map((request) => cachedBy(request).interval ?? cachedBy(request).threshold)).toEqual(
      Array.from({ length: 3 }, () => [undefined, 3, 2, 0.05]).flat(),
    );
  });

  it("keeps a floor of SSIM too, and both where both are given", async () => {
    const count = async (floor: object) => (await search(floor, ["fora"]).tuned).trials.length;
    expect(await count({ ssim: 0.9999 })).toBe(1);
    expect(await count({ ssim: 0.99 })).toBe(3);
    expect(await count({ psnr: 30, ssim: 0.9999 })).toBe(1);
    expect(await count({ psnr: 38, ssim: 0.9 })).toBe(2);
  });

  it("takes a setting that is just at the floor", async () => {
    const [gentlest] = (await search({ psnr: 30 }, ["fora"]).tuned).trials;
    const { psnr, ssim } = gentlest as { psnr: number; ssim: number };
    for (const floor of [{ psnr }, { ssim }, { psnr, ssim }])
      expect((await search(floor, ["fora"]).tuned).trials[0]?.reachesFloor).toBe(true);
  });

  it("keeps a bound of any measure, from the side on which it is closer", async () => {
    const [gentlest] = (await search({ psnr: 30 }, ["fora"]).tuned).trials as [Trial];
    const known = measures.filter(({ name }) => gentlest[name] !== undefined);
    expect(known.map(({ name }) => name)).toEqual(expect.arrayContaining(["msSsim", "flip", "latentDrift"]));
    for (const { name, better } of known) {
      const value = gentlest[name] as number;
      const beyond = value + (better === "high" ? 1e-6 : -1e-6);
      const reaches = async (bound: number) =>
        (await search({ [name]: bound }, ["fora"]).tuned).trials[0]?.reachesFloor;
      expect([name, await reaches(value), await reaches(beyond)]).toEqual([name, true, false]);
    }
  });

  it("refuses a measure that the clips do not have", async () => {
    const [gentlest] = (await search({ psnr: 30 }, ["fora"]).tuned).trials as [Trial];
    const [lacking] = measures.filter(({ name }) => gentlest[name] === undefined);
    if (!lacking) throw new Error("these clips have every measure, and this test says nothing");
    const message = `The clips of this model have no ${lacking.title.toLowerCase()}.`;
    await expect(search({ [lacking.name]: 0 }, ["fora"]).tuned).rejects.toMatchObject({
      code: "input-invalid",
      message,
    });
  });

  it("has no best where nothing is faster than the uncached run", async () => {
    const { best, trials } = await search({ psnr: 30 }, ["textkv"]).tuned;
    expect(best).toBeUndefined();
    expect(trials).toHaveLength(1);
  });

  it("ends when it is stopped, and where an error is not the engine's", async () => {
    for (const thrown of [new EngineError("stopped", "stopped"), new TypeError("a defect")]) {
      const { engine } = statedEngine(({ cache }) => {
        if (cache?.length) throw thrown;
        return { ms: 1 };
      });
      await expect(autotune(engine, { floor: { psnr: 30 }, methods: ["fora"] })).rejects.toBe(thrown);
    }
    const { engine } = statedEngine(() => ({ ms: 1 }));
    await expect(autotune(engine, { floor: {} })).rejects.toMatchObject({ code: "input-invalid" });
    await expect(autotune(engine, { floor: { psnr: 1 }, methods: ["pubcache" as "fora"] })).rejects.toMatchObject({
      code: "method-unknown",
    });
  });
});
