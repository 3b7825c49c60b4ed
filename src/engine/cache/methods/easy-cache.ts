import {
  type CacheMethod,
  compute,
  type Decision,
  type Probe,
  type RunFacts,
  reuse,
  type Visit,
} from "../../method.js";
import { checks, knownOptions, relativeChange } from "../options.js";

/** Options of {@link easyCache}. */
export interface EasyCacheOptions {
  /** Largest accumulated estimate of the prediction's relative change. Default: 0.05. */
  readonly threshold?: number;
  /** Compute every step before this one. Default: 5. */
  readonly retSteps?: number;
  /**
   * What the input's change is taken against: the step before, as the authors do, or the last computed step, as ComfyUI
   * and stable-diffusion.cpp do; distances then grow over a run of reuses and it ends earlier. Default: "previous".
   */
  readonly inputReference?: "previous" | "lastComputed";
}

export const easyCacheDefaults = {
  threshold: 0.05,
  retSteps: 5,
  inputReference: "previous",
} as const satisfies Required<EasyCacheOptions>;

/**
 * EasyCache (arXiv:2507.02860): how much the prediction changes per change of the latents, k, is measured between the
 * last two computed steps; while k times the latents' change, summed since then, stays below the threshold, the step
 * reuses prediction − latents. The first `retSteps` steps and the last one are computed.
 *
 * Needs nothing inside the network, no calibration, and a few latents of memory. Decides on the conditional branch and
 * does the same on the other, as the authors do.
 *
 * @throws EngineError "option-unknown", "option-invalid"
 */
export const easyCache = (options: EasyCacheOptions = {}): CacheMethod => {
  const resolved = easyOptions("easycache", options);
  return {
    name: "easycache",
    source: "arXiv:2507.02860",
    options: resolved,
    shared: true,
    sites: (model) => [model.output("residual")],
    probes: () => easyProbes(resolved),
    start: easyStart(resolved),
  };
};

export const easyOptions = (name: string, options: EasyCacheOptions): Required<EasyCacheOptions> => {
  knownOptions(name, options, Object.keys(easyCacheDefaults));
  const resolved = { ...easyCacheDefaults, ...options };
  const check = checks(name);
  check.number("threshold", resolved.threshold, 0);
  check.whole("retSteps", resolved.retSteps, 1); // a first estimate needs a computed step before it
  check.oneOf("inputReference", resolved.inputReference, ["previous", "lastComputed"]);
  return resolved;
};

/** The latents' change for the estimate, their change since the last computed step, and the prediction's. */
export const easyProbes = ({ inputReference }: Required<EasyCacheOptions>): readonly Probe[] => [
  { tap: "latents", since: inputReference === "previous" ? "last-step" : "last-compute" },
  { tap: "latents", since: "last-compute" },
  { tap: "output", since: "last-compute" },
];

/**
 * The decision of EasyCache and LazyCache, over the readings of {@link easyProbes}.
 * @param insideOnly k is measured from step `retSteps` on, and not already at the computed steps before it
 */
export const easyStart =
  ({ threshold, retSteps }: Required<EasyCacheOptions>, insideOnly = false) =>
  ({ steps }: RunFacts) => {
    let inputChange: number | undefined; // between the last two computed steps
    let error = 0;
    return ({ step, readings: [input, sinceCompute, output], forced, because }: Visit): Decision => {
      const free = step >= retSteps && step < steps - 1 && !forced;
      if (free && input && output && inputChange !== undefined) {
        const rate = relativeChange(output.change, inputChange);
        error += relativeChange(rate * input.change, output.present);
        because({ accumulated: error, threshold });
        if (error < threshold) return reuse;
      }
      error = 0;
      inputChange = insideOnly && step < retSteps ? undefined : sinceCompute?.change;
      return compute;
    };
  };
