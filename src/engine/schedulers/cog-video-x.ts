import { shiftedAlphaBarsOf } from "./betas.js";
import { clampOf, cleanAndNoise, folded, predictionTypes } from "./clean-sample.js";
import { configFields } from "./config-fields.js";
import { checkSteps, type SchedulerClass, type SchedulerStep, takesOnly } from "./scheduler.js";
import { spaced, spacings } from "./spacing.js";
import { expectInside, expectSignal, flowSigmas } from "./vp-start.js";

const { exp, expm1, log, sqrt } = Math;

/** What both of CogVideoX's schedulers read of their config. `clip_sample` is a field that neither acts on. */
const read = (name: string, ...[config, steps, schedule]: Parameters<SchedulerClass>) => {
  const fields = configFields(name, config);
  const count = fields.trained();
  checkSteps(steps, count);
  takesOnly(name, schedule);
  const bars = shiftedAlphaBarsOf(name, config, fields, count);
  const type = fields.oneOf("prediction_type", "epsilon", predictionTypes);
  clampOf(fields, true);
  const last = fields.flag("set_alpha_to_one", true) ? 1 : (bars[0] as number);
  const offset = fields.offset();
  const timesteps = spaced(fields.oneOf("timestep_spacing", "leading", spacings), steps, count, offset);
  expectInside(name, timesteps, count, offset);
  expectSignal(name, type, bars, timesteps);
  const at = (i: number) => {
    const timestep = timesteps[i] as number;
    const next = timestep - Math.floor(count / steps);
    const bar = bars[timestep] as number;
    const { clean } = cleanAndNoise(type, sqrt(bar), sqrt(1 - bar));
    return { bar, ends: next < 0, nextBar: next < 0 ? last : (bars[next] as number), clean };
  };
  return { timesteps, sigmas: flowSigmas(bars, timesteps), bars, at };
};

/**
 * Deterministic DDIM as diffusers' CogVideoXDDIMScheduler runs it, on signal and noise shifted by `snr_shift_scale`.
 *
 * @throws EngineError "scheduler-config", "input-invalid" for the number of steps
 */
export const cogVideoXDdim: SchedulerClass = (...asked) => {
  const name = "CogVideoXDDIMScheduler";
  const { timesteps, sigmas, at } = read(name, ...asked);
  const step = (i: number): SchedulerStep => {
    const { bar, nextBar, clean } = at(i);
    const kept = sqrt((1 - nextBar) / (1 - bar));
    return { clean, next: folded(clean, undefined, kept, sqrt(nextBar) - sqrt(bar) * kept) };
  };
  return { name, timesteps, sigmas, initNoiseSigma: 1, step };
};

/**
 * The stochastic second-order solver of diffusers' CogVideoXDPMScheduler, as CogVideoXPipeline calls it: with the clean
 * sample of the step before. Noise is drawn twice where there is one, and the second draw used.
 *
 * @throws EngineError "scheduler-config", "input-invalid" for the number of steps
 */
export const cogVideoXDpm: SchedulerClass = (...asked) => {
  const name = "CogVideoXDPMScheduler";
  const { timesteps, sigmas, bars, at } = read(name, ...asked);
  const logRatio = (bar: number): number => log(sqrt(bar / (1 - bar)));
  const step = (i: number): SchedulerStep => {
    const { bar, ends, nextBar, clean } = at(i);
    const h = logRatio(nextBar) - logRatio(bar);
    const sample = sqrt((1 - nextBar) / (1 - bar)) * exp(-h);
    const whole = -expm1(-2 * h) * sqrt(nextBar);
    const noise = sqrt(1 - nextBar) * sqrt(1 - exp(-2 * h));
    if (i === 0 || ends) return { clean, next: { sample, prediction: 0, clean: whole, noise }, draws: 1 };
    const older = h / (2 * (logRatio(bar) - logRatio(bars[timesteps[i - 1] as number] as number)));
    const next = { sample, prediction: 0, clean: whole * (1 + older), past: [-whole * older], noise };
    return { clean, next, draws: 2 };
  };
  return { name, timesteps, sigmas, initNoiseSigma: 1, history: 1, step };
};
