import { alphaBarsOf } from "./betas.js";
import { bounded, clampOf, cleanAndNoise, folded, predictionTypes } from "./clean-sample.js";
import { configFields } from "./config-fields.js";
import { checkSteps, checkTimesteps, type SchedulerClass, takesOnly } from "./scheduler.js";
import { spaced, spacings } from "./spacing.js";
import { expectInside, expectSignal, flowSigmas } from "./vp-start.js";

const name = "DDPMScheduler";
const { fround, sqrt } = Math;

/**
 * Ancestral sampling (arXiv:2006.11239) as diffusers' DDPMScheduler runs it: noise is added at every step but the one at
 * timestep 0. A variance that the network predicts is refused.
 *
 * @param config scheduler_config.json; missing fields have diffusers' defaults
 * @throws EngineError "scheduler-config", "input-invalid" for the number of steps and timesteps
 */
export const ddpm: SchedulerClass = (config, steps, schedule) => {
  const fields = configFields(name, config);
  const count = fields.trained();
  checkSteps(steps, count);
  takesOnly(name, schedule, "timesteps");
  fields.absent("thresholding");
  const bars = alphaBarsOf(name, config, fields, count, { sigmoid: true });
  const variance = fields.oneOf("variance_type", "fixed_small", ["fixed_small", "fixed_small_log", "fixed_large"]);
  const type = fields.oneOf("prediction_type", "epsilon", predictionTypes);
  const clamp = clampOf(fields, true);
  const offset = fields.offset();
  const spacing = fields.oneOf("timestep_spacing", "leading", spacings);
  if (schedule.timesteps) checkTimesteps(name, schedule.timesteps, count);
  const timesteps = schedule.timesteps ?? spaced(spacing, steps, count, offset);
  expectInside(name, timesteps, count, offset);
  expectSignal(name, type, bars, timesteps);
  return {
    name,
    timesteps,
    sigmas: flowSigmas(bars, timesteps),
    initNoiseSigma: 1,
    step(i) {
      const [timestep, next] = [timesteps[i] as number, timesteps[i + 1] ?? -1];
      const [bar, nextBar] = [bars[timestep] as number, next >= 0 ? (bars[next] as number) : 1];
      const { clean } = cleanAndNoise(type, sqrt(bar), sqrt(1 - bar));
      // Rounded as float32: near the end 1 − ᾱ has few digits left.
      const [rest, nextRest] = [fround(1 - bar), fround(1 - nextBar)];
      const alpha = fround(bar / nextBar);
      const beta = fround(1 - alpha);
      const fixed = Math.max(1e-20, (nextRest / rest) * beta);
      const spread = { fixed_small: sqrt(fixed), fixed_small_log: sqrt(fixed), fixed_large: sqrt(beta) }[variance];
      const next0 = folded(clean, clamp, (sqrt(alpha) * nextRest) / rest, (sqrt(nextBar) * beta) / rest);
      return {
        clean: bounded(clean, clamp),
        next: timestep > 0 ? { ...next0, noise: spread } : next0,
        draws: timestep > 0 ? 1 : 0,
      };
    },
  };
};
