import { EngineError } from "../errors.js";
import type { ConfigFields } from "./config-fields.js";
import { checkTimesteps, configError, type Schedule, type Weights } from "./scheduler.js";

// What the solvers in log(signal / noise) share (arXiv:2211.01095, arXiv:2302.04867).

/** Signal, noise and half the logarithm of their ratio at one σ. */
export interface Rates {
  readonly signal: number;
  readonly noise: number;
  readonly lambda: number;
  /** As the schedule has it. */
  readonly sigma: number;
}

export const ratesOf = (sigma: number, flow: boolean): Rates => {
  const signal = flow ? 1 - sigma : 1 / Math.sqrt(sigma ** 2 + 1);
  const noise = flow ? sigma : sigma * signal;
  return { signal, noise, lambda: Math.log(signal) - Math.log(noise), sigma };
};

export const solverPredictions = ["epsilon", "sample", "v_prediction", "flow_prediction"] as const;
type SolverPrediction = (typeof solverPredictions)[number];

/** x0 and ε as sums of sample and prediction. */
export const readPrediction = (type: SolverPrediction, { signal, noise, sigma }: Rates) =>
  ({
    epsilon: { clean: { sample: 1 / signal, prediction: -noise / signal }, epsilon: { sample: 0, prediction: 1 } },
    sample: { clean: { sample: 0, prediction: 1 }, epsilon: { sample: 1 / noise, prediction: -signal / noise } },
    v_prediction: {
      clean: { sample: signal, prediction: -noise },
      epsilon: { sample: noise, prediction: signal },
    },
    flow_prediction: {
      clean: { sample: 1, prediction: -sigma },
      epsilon: { sample: 1, prediction: 1 - sigma },
    },
  })[type] as { readonly clean: Weights; readonly epsilon: Weights };

/** With no signal at the last timestep σ would be infinite; diffusers puts 2⁻²⁴ in its place. */
export const withoutZeroSignal = (fields: ConfigFields, bars: Float32Array): Float32Array =>
  fields.flag("rescale_betas_zero_snr", false) ? bars.map((bar, i) => (i === bars.length - 1 ? 2 ** -24 : bar)) : bars;

/** Timesteps of one's own, which go with no other way of laying them. */
export const expectTimesteps = (
  scheduler: string,
  { timesteps = [], sigmas }: Schedule,
  steps: number,
  count: number,
  other: string | undefined,
): void => {
  if (sigmas) throw new EngineError("input-invalid", `${scheduler} takes sigmas or timesteps, not both.`);
  if (other !== undefined) throw configError(scheduler, other, true, "off where timesteps are given");
  checkTimesteps(scheduler, timesteps, count);
  if (timesteps.length !== steps)
    throw new EngineError("input-invalid", `${scheduler}: there are ${timesteps.length} timesteps for ${steps} steps.`);
};
