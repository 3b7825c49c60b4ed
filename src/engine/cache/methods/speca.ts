import { type CacheMethod, compute, type SiteKind } from "../../method.js";
import { taylorWeights } from "../forecast.js";
import { checks, knownOptions, relativeChange } from "../options.js";

const kinds = ["spatial-attention", "temporal-attention", "cross-attention", "feed-forward"] as const;

/** Options of {@link speca}, under the names of the authors' scripts. */
export interface SpecaOptions {
  /** Largest error of a forecast at the first step. Default: 0.3. */
  readonly baseThreshold?: number;
  /** What the threshold is multiplied by from the first step to the last. Default: 0.1. */
  readonly decayRate?: number;
  /** The threshold never falls below this. Default: 0.01. */
  readonly minThreshold?: number;
  /** Forecasts in a row before one is verified. Default: 2. */
  readonly minTaylorSteps?: number;
  /** Most forecasts in a row; 0 computes every step. Default: 8. */
  readonly maxTaylorSteps?: number;
  /** Compute every step before this one, but for those that follow a computed one. Default: 3. */
  readonly firstEnhance?: number;
  /** Highest derivative of the forecast, up to 16; one more feature is kept. Default: 1. */
  readonly maxOrder?: number;
  /** Kinds of sub-layers to forecast. Default: all four. */
  readonly sites?: readonly SiteKind[];
}

/**
 * SpeCa (arXiv:2509.11628): sub-layers are forecast as by TaylorSeer, and the forecast is verified. The last block is
 * computed beside its forecast, on the same input; where both are too far apart the next step is computed. The step that
 * was off keeps its forecast.
 *
 * Rules and defaults are those of the authors' code for FLUX (Cache4Diffusion, 91a1949): the step behind a computed one is
 * forecast in any case, also among the first, and verified from `minTaylorSteps` + 1 forecasts in a row on.
 *
 * Differs: the error is mean |computed − forecast| / mean |computed| of what the last block adds. There it is the mean of
 * the quotients of single elements, which those near zero decide: their threshold is 7 for FLUX. With guidance, the branch
 * with the text decides for both; there both are one batch. `minThreshold` is written into their code: 0.1, for DiT 0.01.
 * `maxTaylorSteps` 0 forecasts every second step there.
 *
 * @throws EngineError "option-unknown", "option-invalid"
 */
export const speca = (options: SpecaOptions = {}): CacheMethod => {
  knownOptions("speca", options, Object.keys(defaults));
  const resolved = { ...defaults, ...options };
  const { baseThreshold, decayRate, minThreshold, minTaylorSteps, maxTaylorSteps, firstEnhance, maxOrder } = resolved;
  const check = checks("speca");
  check.number("baseThreshold", baseThreshold, 0);
  check.number("decayRate", decayRate, 0, 1);
  check.number("minThreshold", minThreshold, 0);
  check.whole("minTaylorSteps", minTaylorSteps, 1);
  check.whole("maxTaylorSteps", maxTaylorSteps, 0);
  check.whole("firstEnhance", firstEnhance, 0);
  check.whole("maxOrder", maxOrder, 0, 16);
  check.someOf("sites", resolved.sites, kinds);
  return {
    name: "speca",
    source: "arXiv:2509.11628",
    options: resolved,
    history: maxOrder + 1,
    shared: true,
    sites: (model) => model.all(...resolved.sites),
    probes: ({ depth }) => [{ tap: `blocks.${depth - 1}-${depth}`, since: "estimate" }],
    start({ steps }) {
      let [decided, inARow, full, verify] = [0, 0, true, false]; // all sites of a step are decided about at once
      return ({ step, computed, readings: [reading], forced, because }) => {
        const error = reading ? relativeChange(reading.change, reading.present) : 0;
        const threshold = Math.max(baseThreshold * decayRate ** (step / steps), minThreshold);
        if (reading) because({ error, threshold });
        if (step !== decided) {
          const due = inARow >= maxTaylorSteps || step < firstEnhance || (verify && error > threshold);
          verify = inARow >= minTaylorSteps;
          full = forced || maxTaylorSteps === 0 || (inARow > 0 && due);
          inARow = full ? 0 : inARow + 1;
          decided = step;
        }
        if (full) return compute;
        const weights = taylorWeights(computed, step, maxOrder, firstEnhance - 1);
        return verify ? { weights, verify } : { weights };
      };
    },
  };
};

const defaults = {
  baseThreshold: 0.3,
  decayRate: 0.1,
  minThreshold: 0.01,
  minTaylorSteps: 2,
  maxTaylorSteps: 8,
  firstEnhance: 3,
  maxOrder: 1,
  sites: kinds,
} as const satisfies Required<SpecaOptions>;
