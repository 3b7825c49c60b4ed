// What a step with reuse takes beyond the segments that really ran.

import type { Compiled, Handle } from "../dist/lib/backends/backend.js";
import { type MethodName, methodFromName } from "../dist/lib/cache/methods/index.js";
import { median } from "../dist/lib/metrics/median.js";
import type { Effort, Measured } from "./report.ts";
import { backend, nanoSize, subject } from "./subject.ts";

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

export const reuse = async ({ quick }: Effort): Promise<Measured> => {
  const one = subject(nanoSize);
  const steps = quick ? 8 : 20;
  const whole = median((await one.run(steps, [])).stepMs);
  const rows: (string | number)[][] = [];
  for (const [name, options, what] of ways) {
    const method = methodFromName(name, options);
    // The same session calls again, bare, with the tensors they had.
    let calls: (readonly [Compiled, ReadonlyMap<string, Handle>, ReadonlySet<string>])[] = [];
    const perStep: (typeof calls)[] = [];
    const watched = {
      ...backend,
      run: (...call: Parameters<typeof backend.run>) => {
        calls.push(call);
        return backend.run(...call);
      },
    };
    const runs = [];
    for (let round = 0; round < 2; round++) {
      perStep.length = 0;
      runs.push(
        await one.run(steps, [method], {
          backend: watched,
          onStep: () => {
            perStep.push(calls);
            calls = [];
          },
        }),
      );
    }
    const { stepMs, visits, stepCacheBytes } = runs[1] as (typeof runs)[number];
    const reused = [...stepMs.keys()].filter(
      (step) =>
        visits.filter((visit) => visit.step === step).every(({ decision }) => decision !== "compute") &&
        visits.some((visit) => visit.step === step),
    );
    const bare: number[] = [];
    for (const step of reused) {
      const before = performance.now();
      for (const call of perStep[step] ?? []) await backend.run(...call);
      bare.push(performance.now() - before);
    }
    const [took, needed] = [median(reused.map((step) => stepMs[step] as number)), median(bare)];
    rows.push([
      name,
      what,
      reused.length,
      perStep[reused[0] ?? 0]?.length ?? 0,
      took.toFixed(2),
      needed.toFixed(2),
      (took - needed).toFixed(2),
      `${((100 * (took - needed)) / whole).toFixed(1)} %`,
      stepCacheBytes.at(-1) ?? 0,
    ]);
  }
  return {
    id: "reuse",
    title: "What a reused step costs",
    says: `The nano size, steps in which everything the method decides about is reused or forecast. Bare calls are the same session calls with the same tensors and nothing else; the rest is decisions, read-backs, sums, guidance and the scheduler's step. A computed step takes ${whole.toFixed(1)} ms. Guidance and scheduler step alone, which an uncached step has too, are three sums over the latents.`,
    columns: [
      "Method",
      "Reused",
      "Such steps",
      "Session calls",
      "Step, ms",
      "Bare calls, ms",
      "Beyond, ms",
      "Of a computed step",
      "Cache, bytes",
    ],
    rows,
  };
};
