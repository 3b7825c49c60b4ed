import { alphaBarsOf } from "./betas.js";
import { clampOf, cleanAndNoise, type PredictionType, predictionTypes } from "./clean-sample.js";
import { configFields } from "./config-fields.js";
import { checkSteps, type SchedulerClass, type SchedulerStep, takesOnly } from "./scheduler.js";
import { spaced, spacings } from "./spacing.js";
import { expectInside, expectSignal, flowSigmas } from "./vp-start.js";

const name = "DDIMScheduler";
const { sqrt } = Math;

/**
 * The weights of one step from ᾱ_t to ᾱ_s (arXiv:2010.02502, Eq. 12 with η = 0). As in diffusers, a clip changes x0
 * but not the noise that is taken out: ε is still the one that the prediction meant.
 */
const weights = (
  type: PredictionType,
  alphaBar: number,
  nextAlphaBar: number,
  clamp: number | undefined,
): SchedulerStep => {
  const { clean, epsilon } = cleanAndNoise(type, sqrt(alphaBar), sqrt(1 - alphaBar));
  const [nextSignal, nextNoise] = [sqrt(nextAlphaBar), sqrt(1 - nextAlphaBar)];
  const rest = { sample: nextNoise * epsilon.sample, prediction: nextNoise * epsilon.prediction };
  if (clamp !== undefined) return { clean: { ...clean, clamp }, next: { ...rest, clean: nextSignal } };
  return {
    clean,
    next: {
      sample: rest.sample + nextSignal * clean.sample,
      prediction: rest.prediction + nextSignal * clean.prediction,
      clean: 0,
    },
  };
};

/**
 * Deterministic DDIM (η = 0) as diffusers' DDIMScheduler runs it, rounding included.
 *
 * @param config scheduler_config.json; missing fields have diffusers' defaults
 * @throws EngineError "scheduler-config", "input-invalid" for the number of steps
 */
export const ddim: SchedulerClass = (config, steps, schedule) => {
  const fields = configFields(name, config);
  const count = fields.trained();
  checkSteps(steps, count);
  takesOnly(name, schedule);
  fields.absent("thresholding");
  const bars = alphaBarsOf(name, config, fields, count);
  const type = fields.oneOf("prediction_type", "epsilon", predictionTypes);
  const clamp = clampOf(fields, true);
  const last = fields.flag("set_alpha_to_one", true) ? 1 : (bars[0] as number);
  const offset = fields.offset();
  const spacing = fields.oneOf("timestep_spacing", "leading", spacings);
  const timesteps = spaced(spacing, steps, count, offset);
  expectInside(name, timesteps, count, offset);
  expectSignal(name, type, bars, timesteps);
  return {
    name,
    timesteps,
    sigmas: flowSigmas(bars, timesteps),
    initNoiseSigma: 1,
    step(i) {
      const timestep = timesteps[i] as number;
      const next = timestep - Math.floor(count / steps);
      return weights(type, bars[timestep] as number, next >= 0 ? (bars[next] as number) : last, clamp);
    },
  };
};
