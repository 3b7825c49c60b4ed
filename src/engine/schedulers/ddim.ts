import { alphaBarsOf } from "./betas.js";
import { checkSteps, configError, configFields, type Scheduler, type SchedulerStep } from "./scheduler.js";

const name = "DDIMScheduler";
const { sqrt } = Math;

/** numpy.round: halves go to the even neighbour. */
const roundEven = (value: number): number => {
  const below = Math.floor(value);
  const rest = value - below;
  return rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1;
};

/** The three spacings of arXiv:2305.08891, Table 2. */
const spaced = (spacing: "leading" | "linspace" | "trailing", steps: number, count: number, offset: number) => {
  const ascending = Array.from({ length: steps }, (_, i) => i);
  if (spacing === "leading") return ascending.map((i) => i * Math.floor(count / steps) + offset).reverse();
  if (spacing === "linspace")
    return ascending.map((i) => (steps === 1 ? 0 : roundEven(i * ((count - 1) / (steps - 1))))).reverse();
  const gap = count - (count - count / steps);
  return ascending.map((i) => roundEven(count - i * gap) - 1);
};

/**
 * The weights of one step from ᾱ_t to ᾱ_s (arXiv:2010.02502, Eq. 12 with η = 0). As in diffusers, a clip changes x0
 * but not the noise that is taken out: ε is still the one that the prediction meant.
 */
const weights = (
  type: "epsilon" | "sample" | "v_prediction",
  alphaBar: number,
  nextAlphaBar: number,
  clamp: number | undefined,
): SchedulerStep => {
  const [signal, noise] = [sqrt(alphaBar), sqrt(1 - alphaBar)];
  const [nextSignal, nextNoise] = [sqrt(nextAlphaBar), sqrt(1 - nextAlphaBar)];
  // x0 and ε as sums of sample and prediction.
  const [clean, epsilon] = {
    epsilon: [
      { sample: 1 / signal, prediction: -noise / signal },
      { sample: 0, prediction: 1 },
    ],
    sample: [
      { sample: 0, prediction: 1 },
      { sample: 1 / noise, prediction: -signal / noise },
    ],
    v_prediction: [
      { sample: signal, prediction: -noise },
      { sample: noise, prediction: signal },
    ],
  }[type] as [SchedulerStep["clean"], SchedulerStep["clean"]];
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
export const ddim = (config: Readonly<Record<string, unknown>>, steps: number): Scheduler => {
  const fields = configFields(name, config);
  const whole = (least: number) => (value: number) => Number.isInteger(value) && value >= least && value <= 100_000;
  const count = fields.number("num_train_timesteps", 1000, whole(1), "a whole number from 1 to 100000");
  checkSteps(steps, count);
  fields.absent("thresholding");
  const bars = alphaBarsOf(name, config, fields, count);
  const type = fields.oneOf("prediction_type", "epsilon", ["epsilon", "sample", "v_prediction"]);
  const range = fields.number("clip_sample_range", 1, (value) => value > 0, "above 0");
  const clamp = fields.flag("clip_sample", true) ? range : undefined;
  const last = fields.flag("set_alpha_to_one", true) ? 1 : (bars[0] as number);
  const offset = fields.number("steps_offset", 0, whole(0), "a whole number from 0 on");
  const spacing = fields.oneOf("timestep_spacing", "leading", ["leading", "linspace", "trailing"]);
  const timesteps = spaced(spacing, steps, count, offset);
  const first = timesteps[0] as number;
  if (first >= count)
    throw configError(name, "steps_offset", offset, `at most ${offset + count - 1 - first} for ${steps} steps`);
  if (type === "epsilon" && timesteps.some((timestep) => bars[timestep] === 0))
    throw configError(name, "prediction_type", type, '"v_prediction" or "sample" when the first step has no signal');
  return {
    name,
    timesteps,
    // The same ratio of noise to signal as a flow has at σ.
    sigmas: timesteps.map((timestep) => {
      const bar = bars[timestep] as number;
      return sqrt(1 - bar) / (sqrt(bar) + sqrt(1 - bar));
    }),
    initNoiseSigma: 1,
    step(i) {
      const timestep = timesteps[i] as number;
      const next = timestep - Math.floor(count / steps);
      return weights(type, bars[timestep] as number, next >= 0 ? (bars[next] as number) : last, clamp);
    },
  };
};
