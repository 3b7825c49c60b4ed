import type { Branch } from "../method.js";

/**
 * Makes of the predictions of both branches the one that a sampler takes, uncond + guidance · (cond − uncond); at a
 * guidance of 1 there is no second branch.
 * @param then called once for each step that all its branches were seen of
 */
export const guidedPredictions = (guidance: number, then: (step: number, prediction: Float32Array) => void) => {
  const seen = new Map<Branch, Float32Array>();
  return {
    observe(branch: Branch, step: number, prediction: Float32Array): void {
      seen.set(branch, prediction);
      const [cond, uncond] = [seen.get("cond"), guidance === 1 ? prediction : seen.get("uncond")];
      if (!cond || !uncond) return;
      seen.clear();
      const guided = (value: number, at: number) => guidance * value + (1 - guidance) * (uncond[at] as number);
      then(step, guidance === 1 ? prediction : cond.map(guided));
    },
  };
};
