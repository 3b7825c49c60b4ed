import type { MethodName } from "../src/engine/cache/methods/index.js";

/** Settings that reuse much on random weights: thresholds are far from anything measured, so that every backend decides alike. */
export const strong: Partial<Record<MethodName, object>> = {
  adacache: { codebook: [[99, 3]], lastSteps: 0 },
  dbcache: { residualDiffThreshold: 1, maxWarmupSteps: 2 },
  dbprune: { residualDiffThreshold: 1, maxWarmupSteps: 2 },
  dicache: { relL1Thresh: 9 },
  dpcache: { share: 0.5, estimate: "reuse", mandatory: 1 },
  easycache: { threshold: 9, retSteps: 2 },
  firstblockcache: { threshold: 9 },
  lazycache: { threshold: 9, retSteps: 2 },
  magcache: { threshold: 9 },
  seacache: { threshold: 9 },
  sencache: { epsilon: 9 },
  smoothcache: { alpha: 9 },
  speca: { baseThreshold: 99, minThreshold: 99 },
  teacache: { relL1Thresh: 9 },
};
