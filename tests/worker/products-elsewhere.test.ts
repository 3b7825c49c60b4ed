import { expect, test } from "vitest";
import { latteSites } from "../../src/engine/cache/dry-run.js";
import { dbCache } from "../../src/engine/cache/methods/db-cache.js";
import { type Crossing, sendMethod } from "../../src/engine/worker/remote-method.js";

// A file of its own: in this thread nothing else loads what makes weights of products, as in a page whose runs are in a worker.

/** What a method of this thread answers at its end of the port, to a visit that tells it products. */
const answerTo = async (method: ReturnType<typeof dbCache>, visit: object): Promise<unknown> => {
  const crossing: Crossing = { transfer: [], own: [] };
  const sent = sendMethod(method, () => latteSites(2), crossing);
  if (!("port" in sent)) throw new Error("the method crosses by its name, and this test says nothing");
  const { promise, resolve } = Promise.withResolvers<unknown>();
  sent.port.onmessage = ({ data }) => resolve(data);
  const run = { steps: 20, timesteps: [], branch: "cond" };
  const site = sent.sites[0]?.id;
  sent.port.postMessage({ id: 0, start: 0, run, visit: { site, branch: "cond", steps: 20, timestep: 500, ...visit } });
  const answer = await promise;
  for (const port of [...crossing.own, ...crossing.transfer]) port.close();
  return answer;
};

test("a method of the page's own thread, DBCache's under another name, makes weights of products there", async () => {
  const dmd = dbCache({ calibrator: "dmd", residualDiffThreshold: 1, maxWarmupSteps: 4, warmupInterval: 1 });
  const method = { ...dmd, name: "mine", start: (run: Parameters<typeof dmd.start>[0]) => dmd.start(run) };
  const features = [0, 1, 2, 3].map((age) => [8 * 0.75 ** (7 - age), 0.5 ** (7 - age)]);
  const products = features.map((one) =>
    features.map((other) => one.reduce((sum, x, at) => sum + x * (other[at] as number), 0)),
  );
  const reading = { change: 0.01, magnitude: 1, present: 1, rms: 0.01 };
  const answer = await answerTo(method, {
    ...{ step: 8, computed: [7, 6, 5, 4], products, readings: [reading], forced: false, guided: true },
  });
  expect(answer).toMatchObject({ id: 0, decision: { weights: expect.any(Array) } });
  const { weights } = (answer as { decision: { weights: readonly number[] } }).decision;
  // The next feature of both sums: what decays exponentially is exact.
  for (const [at, base] of [0.75, 0.5].entries())
    expect(weights.reduce((sum, weight, age) => sum + weight * (features[age]?.[at] as number), 0)).toBeCloseTo(
      (at === 0 ? 8 : 1) * base ** 8,
      6,
    );
});
