import type { MethodName } from "./methods/index.js";

/** Settings of a method, from hardly any damage to much. Numbers of a calibration are added where they are used. */
export type Ladder = readonly Readonly<Record<string, unknown>>[];

const pyramid = (spatial: number | null, temporal: number | null, cross: number | null, low: number, high: number) => ({
  spatialAttentionBlockSkipRange: spatial,
  temporalAttentionBlockSkipRange: temporal,
  crossAttentionBlockSkipRange: cross,
  spatialAttentionTimestepSkipRange: [low, high],
  temporalAttentionTimestepSkipRange: [low, high],
  crossAttentionTimestepSkipRange: [low, high],
});

/**
 * What `autotune` tries: for every method the settings that make sense on a shallow model of 12 to 50 steps, steps apart
 * that a viewer could tell. Not an optimum of anything: a search has to begin somewhere.
 */
export const ladders: Readonly<Record<MethodName, Ladder>> = {
  adacache: ["30-slow", "30-fast", "100"].map((codebook) => ({ codebook })),
  cfgcache: [
    { unconditionalBatchSkipRange: 2 },
    { unconditionalBatchSkipRange: 3 },
    { unconditionalBatchSkipRange: 5 },
    { unconditionalBatchSkipRange: 5, unconditionalBatchTimestepSkipRange: [-1, 901] },
  ],
  dbcache: [
    { residualDiffThreshold: 0.05 },
    { residualDiffThreshold: 0.1 },
    { residualDiffThreshold: 0.2 },
    { residualDiffThreshold: 0.3, calibrator: "taylorseer" },
    { residualDiffThreshold: 0.5, calibrator: "taylorseer", maxContinuousCachedSteps: 3 },
    { residualDiffThreshold: 1, calibrator: "foca", maxContinuousCachedSteps: 3 },
  ],
  dbprune: [
    { residualDiffThreshold: 0.05 },
    { residualDiffThreshold: 0.1 },
    { residualDiffThreshold: 0.2 },
    { residualDiffThreshold: 0.3, maxContinuousCachedSteps: 3 },
    { residualDiffThreshold: 1, maxContinuousCachedSteps: 3 },
  ],
  dicache: [0.1, 0.2, 0.4, 0.8].map((relL1Thresh) => ({ relL1Thresh })),
  dpcache: [0.7, 0.5, 0.4, 0.3, 0.25].map((share) => ({ share })),
  easycache: [0.02, 0.05, 0.1, 0.2, 0.4].map((threshold) => ({ threshold })),
  fastercache: [
    { spatialAttentionBlockSkipRange: 2, temporalAttentionBlockSkipRange: null, unconditionalBatchSkipRange: 2 },
    { spatialAttentionBlockSkipRange: 2, temporalAttentionBlockSkipRange: null, unconditionalBatchSkipRange: 5 },
    {
      spatialAttentionBlockSkipRange: 3,
      temporalAttentionBlockSkipRange: null,
      unconditionalBatchSkipRange: 5,
      unconditionalBatchTimestepSkipRange: [-1, 901],
      spatialAttentionTimestepSkipRange: [-1, 901],
    },
  ],
  firstblockcache: [0.03, 0.05, 0.1, 0.2, 0.4].map((threshold) => ({ threshold })),
  fora: [2, 3, 4, 6].map((interval) => ({ interval })),
  lazycache: [0.02, 0.05, 0.1, 0.2, 0.4].map((threshold) => ({ threshold })),
  magcache: [
    { threshold: 0.03, maxSkipSteps: 1 },
    { threshold: 0.06, maxSkipSteps: 3 },
    { threshold: 0.12, maxSkipSteps: 3 },
    { threshold: 0.24, maxSkipSteps: 5 },
    { threshold: 0.5, maxSkipSteps: 5 },
  ],
  mask: [{ preset: "slow" }, { preset: "medium" }, { every: 2 }, { preset: "fast" }, { preset: "ultra" }],
  meancache: [0.7, 0.5, 0.4, 0.3, 0.2].map((share) => ({ share })),
  pab: [
    pyramid(2, null, null, 100, 800),
    pyramid(2, 2, 2, 100, 800),
    pyramid(2, 3, 6, 100, 800),
    pyramid(2, 4, 6, 50, 930),
  ],
  seacache: [
    { threshold: 0.1 },
    { threshold: 0.3 },
    { threshold: 0.8, maxConsecutiveCached: 4 },
    { threshold: 0.5, residualOrder: 0, maxConsecutiveCached: 0 },
    { threshold: 1.2, residualOrder: 0, maxConsecutiveCached: 0 },
  ],
  sencache: [
    { epsilon: 0.1 },
    { epsilon: 0.3 },
    { epsilon: 0.6 },
    { epsilon: 1, maxReuse: 4, nocacheStartRatio: 0.2 },
    { epsilon: 2, maxReuse: 5, nocacheStartRatio: 0.1 },
  ],
  smoothcache: [0.05, 0.1, 0.2, 0.35, 0.6].map((alpha) => ({ alpha })),
  speca: [
    { maxTaylorSteps: 1 },
    { maxTaylorSteps: 2 },
    { minTaylorSteps: 1 },
    {},
    { baseThreshold: 1, minTaylorSteps: 1 },
    { baseThreshold: 1, decayRate: 0.3 },
  ],
  spectrum: [{ window: 1.5, flex: 0.25 }, {}, { window: 3 }, { window: 3, flex: 1 }],
  taylorseer: [
    { cacheInterval: 2, disableCacheBeforeStep: 5 },
    {
      cacheInterval: 3,
      disableCacheBeforeStep: 4,
      sites: ["spatial-attention", "temporal-attention", "cross-attention", "feed-forward"],
    },
    { cacheInterval: 4, disableCacheBeforeStep: 4, useLiteMode: true },
    { cacheInterval: 5, disableCacheBeforeStep: 3, useLiteMode: true },
  ],
  teacache: [0.05, 0.1, 0.2, 0.4, 0.8].map((relL1Thresh) => ({ relL1Thresh })),
  textkv: [{}],
};

const whole = (low: number, high: number): readonly number[] =>
  Array.from({ length: high - low + 1 }, (_, at) => low + at);
const finer = (low: number, high: number, count: number): readonly number[] =>
  whole(0, count - 1).map((at) => Number((low * (high / low) ** (at / (count - 1))).toPrecision(3)));

/**
 * Closer settings of methods whose decisions are known before a run: trying one costs no run. One option each, from mild to
 * strong, beside what the ladder sets otherwise.
 */
export const fineLadders: Readonly<Partial<Record<MethodName, Ladder>>> = {
  cfgcache: whole(2, 8).flatMap((unconditionalBatchSkipRange) => [
    { unconditionalBatchSkipRange },
    { unconditionalBatchSkipRange, unconditionalBatchTimestepSkipRange: [-1, 901] },
  ]),
  dpcache: whole(3, 19).map((twentieths) => ({ share: (22 - twentieths) / 20 })),
  fora: whole(2, 10).map((interval) => ({ interval })),
  magcache: finer(0.01, 2, 24).map((threshold) => ({ threshold, maxSkipSteps: 5 })),
  mask: whole(2, 10).map((every) => ({ every })),
  meancache: whole(3, 19).map((twentieths) => ({ share: (22 - twentieths) / 20 })),
  smoothcache: finer(0.02, 1.5, 24).map((alpha) => ({ alpha })),
  taylorseer: whole(2, 8).flatMap((cacheInterval) =>
    [2, 4].map((disableCacheBeforeStep) => ({ cacheInterval, disableCacheBeforeStep, useLiteMode: true })),
  ),
};
