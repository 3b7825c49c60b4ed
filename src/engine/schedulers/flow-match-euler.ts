import { checkSteps, configFields, type Scheduler } from "./scheduler.js";

const name = "FlowMatchEulerDiscreteScheduler";
const { fround } = Math;

/**
 * Euler steps along the straight path x = (1 − σ)·x0 + σ·ε, the prediction being ε − x0, as diffusers'
 * FlowMatchEulerDiscreteScheduler runs it after `set_timesteps(steps)`.
 *
 * A shift is applied twice to the smallest sigma, as it is there: once when the training sigmas are made, once when
 * the steps are laid between their ends.
 *
 * @param config scheduler_config.json; missing fields have diffusers' defaults
 * @throws EngineError "scheduler-config", "input-invalid" for the number of steps
 */
export const flowMatchEuler = (config: Readonly<Record<string, unknown>>, steps: number): Scheduler => {
  const fields = configFields(name, config);
  const whole = (value: number) => Number.isInteger(value) && value >= 1 && value <= 100_000;
  const count = fields.number("num_train_timesteps", 1000, whole, "a whole number from 1 to 100000");
  checkSteps(steps, count);
  const shift = fields.number("shift", 1, (value) => value > 0, "above 0");
  fields.absent("use_dynamic_shifting", "invert_sigmas", "shift_terminal", "stochastic_sampling");
  fields.absent("use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas");

  const trained = (timestep: number) => {
    const sigma = fround(timestep / count);
    return fround(fround(fround(shift) * sigma) / fround(1 + fround((shift - 1) * sigma)));
  };
  const [high, low] = [trained(count) * count, trained(1) * count];
  const sigmas = Array.from({ length: steps }, (_, i) => {
    const timestep = high + i * ((low - high) / Math.max(1, steps - 1));
    const sigma = timestep / count;
    return fround((shift * sigma) / (1 + (shift - 1) * sigma));
  });
  return {
    name,
    timesteps: sigmas.map((sigma) => fround(sigma * count)),
    sigmas,
    initNoiseSigma: 1,
    step(i) {
      const sigma = sigmas[i] as number;
      const change = fround((sigmas[i + 1] ?? 0) - sigma);
      return { clean: { sample: 1, prediction: -sigma }, next: { sample: 1, prediction: change, clean: 0 } };
    },
  };
};
