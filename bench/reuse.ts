// What a step with reuse takes beyond the segments that really ran.

import type { Compiled, Handle } from "../dist/lib/backends/backend.js";
import { type MethodName, methodFromName } from "../dist/lib/cache/methods/index.js";
import { median } from "../dist/lib/metrics/median.js";
import type { Effort, Measured } from "./report.ts";
import { subject } from "./subject.ts";

const ways: readonly (readonly [name: MethodName, options: object, what: string])[] = [
  ["lazycache", { threshold: 1e9, retSteps: 2 }, "the whole step, probe on the latents"],
  ["taylorseer", { cacheInterval: 6, disableCacheBeforeStep: 2, useLiteMode: true }, "the network, forecast"],
  ["firstblockcache", { threshold: 1e9 }, "all blocks but the first, probe behind it"],
  ["fora", { interval: 6 }, "every sub-layer"],
  ["taylorseer", { cacheInterval: 6, disableCacheBeforeStep: 2 }, "attention, forecast"],
  [
    "pab",
    { spatialAttentionBlockSkipRange: 6, temporalAttentionBlockSkipRange: 6, crossAttentionBlockSkipRange: 6 },
    "every attention",
  ],
];

const zeros = (size: number) => new Float32Array(size);

export const reuse = async ({ quick, open, size }: Effort): Promise<Measured> => {
  const backend = await open();
  const one = subject(size, backend);
  const steps = quick ? 8 : 20;
  const onGpu = !backend.readsFree;
  // A step on a GPU has ended when its prediction has been read.
  const whole = median((await one.run(steps, [], { collectPredictions: onGpu })).stepMs);
  /** On a GPU the tensors have gone with the run: others of the same shapes stand in. */
  const standIns = (inputs: ReadonlyMap<string, Handle>): ReadonlyMap<string, Handle> =>
    onGpu
      ? new Map([...inputs].map(([name, { dims, bytes }]) => [name, backend.upload({ dims, data: zeros(bytes / 4) })]))
      : inputs;
  const rows: (string | number)[][] = [];
  for (const [name, options, what] of ways) {
    const method = methodFromName(name, options);
    // The same session calls again, bare, with the tensors they had.
    let calls: (readonly [Compiled, ReadonlyMap<string, Handle>, ReadonlySet<string>])[] = [];
    const perStep: (typeof calls)[] = [];
    const sumMs: number[] = [];
    let summing = 0;
    const watched = {
      ...backend,
      run: (...call: Parameters<typeof backend.run>) => {
        calls.push(call);
        return backend.run(...call);
      },
      combine(...terms: Parameters<typeof backend.combine>) {
        const before = performance.now();
        const sum = backend.combine(...terms);
        summing += performance.now() - before;
        return sum;
      },
    };
    const runs = [];
    for (let round = 0; round < 2; round++) {
      perStep.length = 0;
      sumMs.length = 0;
      runs.push(
        await one.run(steps, [method], {
          backend: watched,
          collectPredictions: onGpu,
          onStep: () => {
            perStep.push(calls);
            calls = [];
            sumMs.push(summing);
            summing = 0;
          },
        }),
      );
    }
    const { stepMs, stepProbeMs, visits, stepCacheBytes } = runs[1] as (typeof runs)[number];
    const reused = [...stepMs.keys()].filter(
      (step) =>
        visits.filter((visit) => visit.step === step).every(({ decision }) => decision !== "compute") &&
        visits.some((visit) => visit.step === step),
    );
    const again = reused.map((step) =>
      (perStep[step] ?? []).map(([compiled, inputs, keep]) => [compiled, standIns(inputs), keep] as const),
    );
    const prediction = backend.upload(one.noise);
    const bare: number[] = [];
    for (const ofStep of again) {
      const before = performance.now();
      for (const call of ofStep) await backend.run(...call);
      if (onGpu) await backend.read(prediction);
      bare.push(performance.now() - before);
    }
    backend.releaseAll();
    const [took, needed] = [median(reused.map((step) => stepMs[step] as number)), median(bare)];
    rows.push([
      name,
      what,
      reused.length,
      perStep[reused[0] ?? 0]?.length ?? 0,
      took.toFixed(2),
      needed.toFixed(2),
      (took - needed).toFixed(2),
      median(reused.map((step) => stepProbeMs[step] as number)).toFixed(2),
      median(reused.map((step) => sumMs[step] as number)).toFixed(2),
      `${((100 * (took - needed)) / whole).toFixed(1)} %`,
      stepCacheBytes.at(-1) ?? 0,
    ]);
  }
  await backend.dispose();
  return {
    id: "reuse",
    title: "What a reused step costs",
    says: `The ${size.name} size, steps in which everything the method decides about is reused or forecast. Bare calls are the same session calls with ${onGpu ? "tensors of the same shapes, and a read of the prediction in both" : "the same tensors and nothing else"}; the rest is decisions, reading probes, sums (forecasts, guidance, the scheduler's step) and checks. A computed step takes ${whole.toFixed(1)} ms. Guidance and scheduler step alone, which an uncached step has too, are three sums over the latents.`,
    columns: [
      "Method",
      "Reused",
      "Such steps",
      "Session calls",
      "Step, ms",
      "Bare calls, ms",
      "Beyond, ms",
      "Probes",
      "Sums",
      "Of a computed step",
      "Cache, bytes",
    ],
    rows,
  };
};
