import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  type CacheMethod,
  compute,
  createEngine,
  createWorkerEngine,
  type Engine,
  type Result,
  reuse,
  serveEngine,
} from "../../src/engine/index.js";
import { engineRejection } from "../error.js";

// What comes over a port from somebody else's thread may be anything, or nothing at all.

let real: Engine;
beforeAll(async () => {
  real = await createEngine({ model: "site/public/models/latte-motion-nano", backend: "wasm" });
});
afterAll(() => real.dispose());

const served = (): MessagePort => {
  const { port1, port2 } = new MessageChannel();
  serveEngine(port1, async () => real);
  return port2 as MessagePort;
};

/** Asks as a page does whose method lives in the thread behind `method.port`. */
const asking = (wire: MessagePort) => {
  let ids = 0;
  const answers = new Map<number, (response: Record<string, never>) => void>();
  wire.onmessage = ({ data }) => answers.get(data.id)?.(data);
  return (call: string, argument: unknown, ports: MessagePort[] = []) =>
    new Promise<Record<string, never>>((resolve) => {
      const id = ids++;
      answers.set(id, resolve);
      wire.postMessage({ id, call, argument, listens: false }, ports);
    });
};

const outputOf = (result: unknown) => (result as Result).trace.sites.at(-1);

const fields = { name: "mine", options: {}, sites: [{ id: "output", kind: "output", keeps: "value" }], probes: [] };

/** A run of a method whose thread gives `answer` to each question. */
const runOf = async (answer: (port: MessagePort, id: number) => void, more: object = {}) => {
  const wire = served();
  const ask = asking(wire);
  await ask("create", { model: "here" });
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => answer(port1 as MessagePort, data.id);
  const cache = [{ ...fields, ...more, port: port2 }];
  try {
    return await ask("generate", { steps: 3, seed: 1, cache }, [port2 as MessagePort]);
  } finally {
    wire.close();
    port1.close();
  }
};

describe("a method's thread that answers", () => {
  test("as it should is followed", async () => {
    const { result } = await runOf((port, id) => port.postMessage({ id, decision: reuse }));
    expect(outputOf(result)).toMatchObject({ site: "output", computed: "100" });
  });

  test.each([
    ["null as its decision", (id: number) => ({ id, decision: null }), /mine decided null at output/],
    ["no decision", (id: number) => ({ id }), /mine decided undefined at output/],
    ["a number", (id: number) => ({ id, decision: 7 }), /mine decided 7 at output/],
    ["weights that are none", (id: number) => ({ id, decision: { weights: [Number.NaN] } }), /mine decided/],
    ["reasons that hold themselves", (id: number) => ({ id, decision: compute, reasons: ownSelf() }), /levels deep/],
  ])("%s ends the run with one error", async (_, message, said) => {
    const { error } = await runOf((port, id) => port.postMessage(message(id)));
    expect(error).toMatchObject({ code: "option-invalid", message: expect.stringMatching(said) });
  });

  test("with an error of nothing ends the run with one error", async () => {
    const { error } = await runOf((port, id) => port.postMessage({ id, error: null }));
    expect(error).toMatchObject({ message: expect.stringContaining("says nothing of its error") });
  });

  test("rubbish first, and twice, is followed once it answers", async () => {
    const { result } = await runOf((port, id) => {
      for (const odd of [null, undefined, 7, "x", [], { id: "x" }]) port.postMessage(odd);
      port.postMessage({ id, decision: reuse });
      port.postMessage({ id, decision: 7 });
    });
    expect(outputOf(result)).toMatchObject({ site: "output", computed: "100" });
  });
});

const ownSelf = (): object => {
  const one: Record<string, unknown> = {};
  one["self"] = one;
  return one;
};

describe("a method that is no method", () => {
  test.each([
    ["sites that are no list", { sites: null }, "option-invalid"],
    ["a site that is null", { sites: [null] }, "option-invalid"],
    ["a site that no model has", { sites: [{ id: "attic", kind: "feed-forward" }] }, "site-missing"],
    ["a kind of site that there is none of", { sites: [{ id: "attic", kind: "attic" }] }, "site-missing"],
    ["probes that are no list", { probes: 7 }, "option-invalid"],
    ["options that hold themselves", { options: ownSelf() }, "option-invalid"],
    ["parts that are no list", { parts: {} }, "option-invalid"],
  ])("with %s is refused", async (_, more, code) => {
    const { error } = await runOf((port, id) => port.postMessage({ id, decision: reuse }), more);
    expect(error).toMatchObject({ code });
  });

  test.each([[null], [7], [[null]], [["fora"]], [[{}]]])("%j as the cache is refused", async (cache) => {
    const ask = asking(served());
    await ask("create", { model: "here" });
    const { error } = await ask("generate", { steps: 1, cache });
    expect(error).toMatchObject({ code: expect.stringMatching(/^(option|input)-invalid$/) });
  });

  test.each([[null], [7], ["fora"]])("%j is refused on this side as well, and promised", async (cache) => {
    const engine = await createWorkerEngine({ model: "here", worker: served() });
    await engineRejection("input-invalid", engine.generate({ cache: cache as never }));
    await engineRejection("input-invalid", engine.generate(cache as never));
    await engineRejection("option-invalid", engine.generate({ cache: [cache as never] }));
  });

  test.each([["sites"], ["probes"]])("of which %s gives no list is refused on this side", async (part) => {
    const engine = await createWorkerEngine({ model: "here", worker: served() });
    const mine: CacheMethod = {
      name: "mine",
      options: {},
      sites: (model) => [model.output()],
      start: () => () => reuse,
    };
    const method = { ...mine, [part]: () => 7 };
    await engineRejection("option-invalid", engine.generate({ steps: 2, cache: [method] }));
    await engineRejection("option-invalid", real.generate({ steps: 2, cache: [method] }));
  });
});

test("a method that promises its decision is refused, since nobody waits for it", async () => {
  const method: CacheMethod = {
    name: "mine",
    options: {},
    sites: (model) => [model.output()],
    start: () => () => new Promise(() => {}) as never,
  };
  const error = await engineRejection("option-invalid", real.generate({ steps: 2, cache: [method] }));
  expect(error.message).toBe("mine decided a promise at output.");
});

test("a worker that sends rubbish in place of an answer ends what was asked of it", async () => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => port1.postMessage(null);
  const opening = createWorkerEngine({ model: "here", worker: port2 as MessagePort });
  const error = await engineRejection("runtime-failed", opening);
  expect(error.message).toContain("it sent something that cannot be read");
  port1.close();
});

test("a wire that brings rubbish does not end the thread of the engine", async () => {
  const wire = served();
  for (const odd of [null, 7, "x", [], {}]) wire.postMessage(odd);
  const engine = await createWorkerEngine({ model: "here", worker: wire });
  expect((await engine.generate({ steps: 1 })).trace.steps).toBe(1);
});

describe("a method that never answers", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true }));
  afterEach(() => void vi.useRealTimers());

  test("ends the run after a minute, with its name and place, and the engine is free", async () => {
    const asked = Promise.withResolvers<void>();
    const running = runOf(() => asked.resolve());
    await asked.promise;
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await running)["error"]).toMatchObject({
      code: "option-invalid",
      message: "mine gave no decision at output in step 1 for 60 s.",
      hint: expect.stringContaining("at once"),
    });
    expect((await real.generate({ steps: 1 })).trace.steps).toBe(1);
  });

  test("lets go at once when the run is stopped", async () => {
    const wire = served();
    const ask = asking(wire);
    await ask("create", { model: "here" });
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => wire.postMessage({ id: 1, abort: true });
    const running = ask("generate", { steps: 3, cache: [{ ...fields, port: port2 }] }, [port2 as MessagePort]);
    expect((await running)["error"]).toMatchObject({ code: "stopped" });
    port1.close();
    wire.close();
  });
});
