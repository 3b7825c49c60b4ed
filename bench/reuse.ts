// What a step with reuse takes beyond the segments that really ran.

import type { Backend, Compiled, Handle } from "../dist/lib/backends/backend.js";
import { type MethodName, methodFromName } from "../dist/lib/cache/methods/index.js";
import { median } from "../dist/lib/metrics/median.js";
import type { Effort, Measured } from "./report.ts";
import { type Size, smallSize, subject } from "./subject.ts";

type Way = readonly [name: MethodName, options: object, what: string];

const ofSublayers: readonly Way[] = [
  ["taylorseer", { cacheInterval: 6, disableCacheBeforeStep: 2 }, "attention, forecast"],
  [
    "pab",
    { spatialAttentionBlockSkipRange: 6, temporalAttentionBlockSkipRange: 6, crossAttentionBlockSkipRange: 6 },
    "every attention",
  ],
];
const ways: readonly Way[] = [
  ["lazycache", { threshold: 1e9, retSteps: 2 }, "the whole step, probe on the latents"],
  ["taylorseer", { cacheInterval: 6, disableCacheBeforeStep: 2, useLiteMode: true }, "the network, forecast"],
  ["firstblockcache", { threshold: 1e9 }, "all blocks but the first, probe behind it"],
  ["fora", { interval: 6 }, "every sub-layer"],
  ...ofSublayers,
];

/** The calls of one step, and on the processor what they took. */
interface Calls {
  readonly made: (readonly [Compiled, ReadonlyMap<string, Handle>, ReadonlySet<string>])[];
  ms: number;
  sumMs: number;
}
const noCalls = (): Calls => ({ made: [], ms: 0, sumMs: 0 });

/** The same calls again, bare. On a GPU, where a call returns before its work is done, nothing else can time them. */
const replayMs = async (backend: Backend, { made }: Calls, prediction: Handle): Promise<number> => {
  // The tensors have gone with the run: others of the same shapes stand in.
  const calls = made.map(([compiled, inputs, keep]) => {
    const like = ({ dims, bytes }: Handle) => backend.upload({ dims, data: new Float32Array(bytes / 4) });
    return [compiled, new Map([...inputs].map(([name, handle]) => [name, like(handle)])), keep] as const;
  });
  const before = performance.now();
  for (const call of calls) await backend.run(...call);
  await backend.read(prediction);
  return performance.now() - before;
};

const rowsOf = async (size: Size, backend: Backend, asked: readonly Way[], steps: number) => {
  const one = subject(size, backend);
  const onGpu = !backend.readsFree;
  // A step on a GPU has ended when its prediction has been read.
  const whole = median((await one.run(steps, [], { collectPredictions: onGpu })).stepMs);
  const rows: (string | number)[][] = [];
  for (const [name, options, what] of asked) {
    let step = noCalls();
    const perStep: Calls[] = [];
    const watched: Backend = {
      ...backend,
      async run(...call) {
        step.made.push(call);
        const before = performance.now();
        const outputs = await backend.run(...call);
        step.ms += performance.now() - before;
        return outputs;
      },
      combine(...terms) {
        const before = performance.now();
        const sum = backend.combine(...terms);
        step.sumMs += performance.now() - before;
        return sum;
      },
    };
    const run = () => {
      perStep.length = 0;
      return one.run(steps, [methodFromName(name, options)], {
        backend: watched,
        collectPredictions: onGpu,
        onStep() {
          perStep.push(step);
          step = noCalls();
        },
      });
    };
    await run();
    const { stepMs, stepProbeMs, visits, stepCacheBytes } = await run();
    const reused = [...stepMs.keys()].filter((at) => {
      const here = visits.filter((visit) => visit.step === at);
      return here.length > 0 && here.every(({ decision }) => decision !== "compute");
    });
    const prediction = backend.upload(one.noise);
    const calls: { step: number; ms: number }[] = [];
    for (const at of reused) {
      const made = perStep[at] as Calls;
      calls.push({ step: at, ms: onGpu ? await replayMs(backend, made, prediction) : made.ms });
    }
    backend.releaseAll();
    const took = median(reused.map((at) => stepMs[at] as number));
    const beyond = median(calls.map(({ step: at, ms }) => (stepMs[at] as number) - ms));
    rows.push([
      size.name,
      name,
      what,
      reused.length,
      perStep[reused[0] ?? 0]?.made.length ?? 0,
      took.toFixed(2),
      (took - beyond).toFixed(2),
      beyond.toFixed(2),
      median(reused.map((at) => stepProbeMs[at] as number)).toFixed(2),
      median(reused.map((at) => perStep[at]?.sumMs as number)).toFixed(2),
      `${((100 * beyond) / whole).toFixed(1)} %`,
      stepCacheBytes.at(-1) ?? 0,
    ]);
  }
  return { rows, says: `A computed step of ${size.name} takes ${whole.toFixed(1)} ms.` };
};

export const reuse = async ({ quick, open, size }: Effort): Promise<Measured> => {
  const backend = await open();
  const onGpu = !backend.readsFree;
  const first = await rowsOf(size, backend, ways, quick ? 8 : 20);
  const second = quick ? undefined : await rowsOf(smallSize, backend, ofSublayers, 8);
  await backend.dispose();
  const calls = onGpu
    ? "The calls are timed by making them again, bare, with tensors of the same shapes, and a read of the prediction in both"
    : "The calls are timed as they are made";
  return {
    id: "reuse",
    title: "What a reused step costs",
    says: `Steps in which everything the method decides about is reused or forecast. ${calls}; the rest is decisions, reading probes, sums (forecasts, guidance, the scheduler's step) and checks. ${first.says} ${second?.says ?? ""} Guidance and scheduler step alone, which an uncached step has too, are three sums over the latents.`,
    columns: [
      "Size",
      "Method",
      "Reused",
      "Such steps",
      "Session calls",
      "Step, ms",
      "Calls, ms",
      "Beyond, ms",
      "Probes",
      "Sums",
      "Of a computed step",
      "Cache, bytes",
    ],
    rows: [...first.rows, ...(second?.rows ?? [])],
  };
};
