import { type CacheMethod, compute, reuse } from "../../method.js";
import { checks, knownOptions, relativeChange } from "../options.js";

/** Options of {@link diCache}, under the names of the authors' scripts. */
export interface DiCacheOptions {
  /** Number of blocks that always run, as a probe. Default: 1. */
  readonly probeDepth?: number;
  /** Largest accumulated error at which the other blocks rest. Default: 0.4, the authors' for FLUX. */
  readonly relL1Thresh?: number;
  /** Share of the run, from its start, that is always computed. Default: 0.2. */
  readonly retRatio?: number;
  /** The error of a step: the probe's relative change, or how far it differs from its input's. Default: "delta_y". */
  readonly errorChoice?: "delta_y" | "delta_minus";
}

/**
 * DiCache (arXiv:2508.17356): the first blocks always run; their output's relative change from step to step is summed
 * and, while it stays below the threshold, the rest is replaced by the last two residuals of the stack, carried on as
 * far as the probe's own residual has moved (γ, from 1 to 1.5). A computed step resumes from the probe.
 *
 * The residual of the probe blocks decides γ, so what is kept is the residual of the whole stack though only the blocks
 * after the probe rest.
 *
 * @throws EngineError "option-unknown", "option-invalid"; "site-missing" for a probe as deep as the model
 */
export const diCache = (options: DiCacheOptions = {}): CacheMethod => {
  knownOptions("dicache", options, Object.keys(defaults));
  const resolved = { ...defaults, ...options };
  const { probeDepth, relL1Thresh, retRatio, errorChoice } = resolved;
  const check = checks("dicache");
  check.whole("probeDepth", probeDepth, 1);
  check.number("relL1Thresh", relL1Thresh, 0);
  check.number("retRatio", retRatio, 0, 1);
  check.oneOf("errorChoice", errorChoice, ["delta_y", "delta_minus"]);
  const probe = `blocks.0-${probeDepth}`;
  return {
    name: "dicache",
    source: "arXiv:2508.17356",
    options: resolved,
    history: 2,
    sites: (model) => [model.blocks(probeDepth, model.depth, 0)],
    probes: () => [
      { tap: "hidden.0", since: "last-step" },
      { tap: `hidden.${probeDepth}`, since: "last-step" },
      { tap: probe, since: "last-compute" },
      { tap: probe, since: "compute-before-last" },
    ],
    start({ steps }) {
      let accumulated = 0;
      let computedApart = 0; // mean |P₋₁ − P₋₂| of the probe's residual over the last two computed steps
      return ({ step, readings, forced, because }) => {
        const [input, output, sinceLast, sinceBefore] = readings;
        if (step > Math.floor(retRatio * steps) && step < steps - 1 && !forced && input && output) {
          const [deltaX, deltaY] = [
            relativeChange(input.change, input.magnitude),
            relativeChange(output.change, output.magnitude),
          ];
          accumulated += errorChoice === "delta_y" ? deltaY : Math.abs(deltaY - deltaX);
          because({ accumulated, threshold: relL1Thresh });
          if (accumulated < relL1Thresh) {
            if (!sinceBefore) return reuse; // one residual only
            const gamma = Math.min(1.5, Math.max(1, sinceBefore.change / computedApart || 1));
            because({ gamma });
            return { weights: [gamma, 1 - gamma] };
          }
        }
        accumulated = 0;
        computedApart = sinceLast?.change ?? 0;
        return compute;
      };
    },
  };
};

const defaults = {
  probeDepth: 1,
  relL1Thresh: 0.4,
  retRatio: 0.2,
  errorChoice: "delta_y",
} as const satisfies Required<DiCacheOptions>;
