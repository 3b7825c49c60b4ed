import { alphaBarsOf } from "./betas.js";
import { bounded, clampOf, cleanAndNoise, folded, predictionTypes } from "./clean-sample.js";
import { configFields } from "./config-fields.js";
import { checkSteps, checkTimesteps, configError, type SchedulerClass, takesOnly } from "./scheduler.js";
import { linspace, spacings } from "./spacing.js";
import { expectSignal, flowSigmas } from "./vp-start.js";

const name = "LCMScheduler";
const { sqrt } = Math;

/**
 * Multistep consistency sampling (arXiv:2310.04378) as diffusers' LCMScheduler runs it: each step goes to the clean
 * sample and, but for the last, back into noise.
 *
 * @param config scheduler_config.json; missing fields have diffusers' defaults
 * @throws EngineError "scheduler-config", "input-invalid" for the number of steps and timesteps
 */
export const lcm: SchedulerClass = (config, steps, schedule) => {
  const fields = configFields(name, config);
  const count = fields.trained();
  takesOnly(name, schedule, "timesteps");
  fields.absent("thresholding");
  const standard = { start: 0.00085, end: 0.012, schedule: "scaled_linear" } as const;
  const bars = alphaBarsOf(name, config, fields, count, standard);
  const whole = (value: number) => Number.isInteger(value) && value >= 1 && value <= count;
  const original = fields.number("original_inference_steps", 50, whole, `a whole number from 1 to ${count}`);
  const type = fields.oneOf("prediction_type", "epsilon", predictionTypes);
  const scaling = fields.number("timestep_scaling", 10, (value) => value > 0, "above 0");
  const clamp = clampOf(fields, false);
  // Fields that LCMScheduler has and never reads once its timesteps are laid.
  fields.oneOf("timestep_spacing", "leading", spacings);
  fields.offset();
  fields.flag("set_alpha_to_one", true);
  checkSteps(steps, schedule.timesteps ? count : original);
  if (schedule.timesteps) checkTimesteps(name, schedule.timesteps, count);
  const gap = Math.floor(count / original);
  const laid = linspace(0, original, steps + 1).slice(0, -1);
  const timesteps = schedule.timesteps ?? laid.map((at) => (original - Math.floor(at)) * gap - 1);
  if ((timesteps.at(-1) as number) < 0)
    throw configError(name, "original_inference_steps", original, `at most ${count}`);
  expectSignal(name, type, bars, timesteps);
  return {
    name,
    timesteps,
    sigmas: flowSigmas(bars, timesteps),
    initNoiseSigma: 1,
    step(i) {
      const [timestep, after] = [timesteps[i] as number, timesteps[i + 1]];
      const bar = bars[timestep] as number;
      const { clean } = cleanAndNoise(type, sqrt(bar), sqrt(1 - bar));
      const scaled = timestep * scaling;
      const [skip, out] = [0.25 / (scaled ** 2 + 0.25), scaled / sqrt(scaled ** 2 + 0.25)];
      if (after === undefined) return { clean: bounded(clean, clamp), next: folded(clean, clamp, skip, out) };
      const [signal, noise] = [sqrt(bars[after] as number), sqrt(1 - (bars[after] as number))];
      return {
        clean: bounded(clean, clamp),
        next: { ...folded(clean, clamp, signal * skip, signal * out), noise },
        draws: 1,
      };
    },
  };
};
