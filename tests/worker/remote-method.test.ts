import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type CacheMethod,
  cfgCache,
  compute,
  createEngine,
  createWorkerEngine,
  type Decision,
  diCache,
  type Engine,
  firstBlockCache,
  fora,
  guarded,
  pab,
  reuse,
  serveEngine,
  taylorSeer,
  type Visit,
} from "../../src/engine/index.js";

// Methods that cross to another thread: by name where that says all, asked through a port where it does not. Node's ports
// are the browser's.

let real: Engine;
let far: Engine;
let stop: () => void;
const heard: unknown[] = [];

/** An engine behind a port, as a page lends its own. */
const behind = async (engine: Engine): Promise<{ readonly engine: Engine; stop(): void }> => {
  const { port1, port2 } = new MessageChannel();
  const stop = serveEngine(port1, async () => ({
    ...engine,
    generate(options) {
      heard.push(...(options?.cache ?? []).map((method) => ("startRemote" in method ? "asked" : "named")));
      return engine.generate(options);
    },
  }));
  return { engine: await createWorkerEngine({ model: "http://site/model", worker: port2 as MessagePort }), stop };
};

beforeAll(async () => {
  real = await createEngine({ model: "site/public/models/latte-motion-nano", backend: "wasm" });
  // Two ports in a row: the decisions must find their way through both.
  const near = await behind(real);
  const next = await behind(near.engine);
  [far, stop] = [next.engine, next.stop];
});
afterAll(() => real.dispose());

const asked = { seed: 3, steps: 6, guidance: 2 } as const;

/** The same method under a name of its own, as if written by hand. */
const byHand = (method: CacheMethod): CacheMethod => ({ ...method, name: "mine" });

const mine: CacheMethod = {
  name: "every-other-output",
  options: {},
  sites: (model) => [model.output()],
  start: () => {
    let visits = 0;
    return ({ because }) => {
      visits++;
      because({ visits });
      return visits % 2 ? reuse : compute;
    };
  },
};

const oddReason = ({ because }: Visit): Decision => {
  because({ "a<b": 1 });
  return compute;
};

describe("a method on its way to another thread", () => {
  test.each([
    ["of this package", () => pab({ spatialAttentionBlockSkipRange: 2 }), "named"],
    ["of this package with guards", () => guarded(fora(), { warmupSteps: 2 }), "named"],
    ["with a forecast and two features kept", () => byHand(taylorSeer({ cacheInterval: 2 })), "asked"],
    ["that decides by readings", () => byHand(firstBlockCache({ threshold: 0.2 })), "asked"],
    ["above the network", () => byHand(cfgCache()), "asked"],
    ["whose residual begins before its blocks", () => byHand(diCache({ relL1Thresh: 0.4, retRatio: 0 })), "asked"],
    ["with state of its own", () => mine, "asked"],
    ["that borrows a name of this package", () => ({ ...mine, name: "fora" }), "asked"],
  ] as const)("%s does what it does here", async (_, method, way) => {
    heard.length = 0;
    const there = await far.generate({ ...asked, cache: [method()] });
    const here = await real.generate({ ...asked, cache: [method()] });
    expect(heard).toEqual([way, way]);
    expect(there.trace.visits).toEqual(here.trace.visits);
    expect(there.trace.sites).toEqual(here.trace.sites);
    expect(there.clip).toEqual(here.clip);
    expect(here.trace.visits.some(({ decision }) => decision !== "compute")).toBe(true);
  });

  test("that throws ends the run with its own error", async () => {
    const throws: CacheMethod = { ...mine, start: () => () => JSON.parse("no JSON") };
    await expect(far.generate({ ...asked, cache: [throws] })).rejects.toThrow(/JSON/);
  });

  test.each([["reuse"], [undefined], [{ weights: ["1"] }], [{ weights: [] }], [{ weights: { low: 1 } }]])(
    "that decides %j is refused",
    async (decision) => {
      const odd = { ...mine, start: () => () => decision } as unknown as CacheMethod;
      await expect(far.generate({ ...asked, cache: [odd] })).rejects.toMatchObject({ code: "option-invalid" });
    },
  );

  test.each([
    ["name", { name: "<img src=x>" }],
    ["options", { options: { note: 'a "quote' } }],
    ["reasons", { start: () => oddReason }],
  ])("with markup in its %s is refused", async (_, odd) => {
    await expect(far.generate({ ...asked, cache: [{ ...mine, ...odd }] })).rejects.toMatchObject({
      code: "option-invalid",
    });
  });

  test("of an engine that is disposed of in the middle of a run does not keep the lent engine", async () => {
    const near = await behind(real);
    let asked = 0;
    const leaves: CacheMethod = {
      ...mine,
      start: () => () => {
        if (asked++ === 0) void near.engine.dispose();
        return compute;
      },
    };
    await expect(near.engine.generate({ steps: 500, cache: [leaves] })).rejects.toMatchObject({ code: "disposed" });
    expect((await real.generate({ steps: 1 })).trace.steps).toBe(1);
  });

  test("whose thread is gone ends with the run that is stopped", async () => {
    const leaves: CacheMethod = {
      ...mine,
      start: () => () => {
        stop();
        return compute;
      },
    };
    await expect(far.generate({ ...asked, steps: 500, cache: [leaves] })).rejects.toMatchObject({ code: "stopped" });
    await expect(far.generate(asked)).rejects.toMatchObject({ code: "stopped" });
    expect((await real.generate({ ...asked, steps: 1 })).trace.steps).toBe(1);
  });
});

test("an engine behind a port that is closed refuses what it was asked and what it is asked then", async () => {
  const { port1, port2 } = new MessageChannel();
  serveEngine(port1, async () => ({ ...real, generate: () => new Promise(() => {}) }));
  const engine = await createWorkerEngine({ model: "http://site/model", worker: port2 as MessagePort });
  const running = engine.generate(asked);
  port1.close();
  const closed = { code: "runtime-failed", message: expect.stringContaining("closed its port") };
  await expect(running).rejects.toMatchObject(closed);
  await expect(engine.generate(asked)).rejects.toMatchObject(closed);
});

test("over a port in Node a model is a path, as for an engine of the same thread", async () => {
  const { port1, port2 } = new MessageChannel();
  const asked: unknown[] = [];
  serveEngine(port1, async ({ model }) => {
    asked.push(model);
    return real;
  });
  await createWorkerEngine({ model: "models/latte", worker: port2 as MessagePort });
  expect(asked).toEqual(["models/latte"]);
  port1.close();
});
