import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { methods } from "../../src/engine/cache/methods/index.js";
import type { Engine, GenerateOptions } from "../../src/engine/engine.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { readFixture } from "../golden/fixture.js";
import { recordedRequest, smallModels } from "../small-models.js";

const fixture = readFixture("latte-a");
const request = (options: GenerateOptions = {}): GenerateOptions => ({
  ...recordedRequest(smallModels[0], fixture.tensor, 2),
  ...options,
});

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
/**
 * Bytes of JavaScript values and of the arrays behind them that are still reachable.
 * A collection hands dead arrays to another thread, which frees them later; the second one waits for it.
 */
const heldBytes = (): number => {
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ model: fixture.folder, backend: "wasm", scheduler: fixture.scheduler("ddim") });
});
afterAll(() => engine.dispose());

it("200 runs in a row hold no more than 50 did", async () => {
  const run = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) await engine.generate(request());
  };
  await run(50);
  const after50 = heldBytes();
  await run(150);
  // .25 MB is usual, most of it compiled code. Were the result of each run kept, it would be 2.5 MB.
  expect(heldBytes() - after50).toBeLessThan(1e6);
});

it("50 switches of the method leave no cache behind, and graphs are made once", async () => {
  const names = ["pab", "fora", "taylorseer", "firstblockcache", "easycache"] as const;
  const weights: number[] = [];
  for (let i = 0; i < 50; i++) {
    const { trace } = await engine.generate(
      request({ steps: 5, cache: [methods[names[i % names.length] as "pab"]({})] }),
    );
    expect(trace.totals.bytes.now.cache).toBe(0);
    weights.push(trace.totals.bytes.now.weights);
  }
  expect(weights.slice(-names.length)).toEqual(weights.slice(names.length, 2 * names.length));
});
