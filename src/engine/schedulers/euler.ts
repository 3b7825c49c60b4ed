import { alphaBarsOf } from "./betas.js";
import { folded } from "./clean-sample.js";
import { configFields } from "./config-fields.js";
import { checkSteps, configError, type SchedulerClass, takesOnly, type Weights } from "./scheduler.js";
import { asFlow, interpolated, noiseRatios, respaced, respacingOf, timestepOf } from "./sigmas.js";
import { expectTimesteps, withoutZeroSignal } from "./solver.js";
import { linspace, linspace32, type Spacing, spacings, trailing } from "./spacing.js";
import { expectInside } from "./vp-start.js";

const name = "EulerDiscreteScheduler";
const { fround, sqrt } = Math;

const spaced = (spacing: Spacing, steps: number, count: number, offset: number): number[] => {
  if (spacing === "trailing") return trailing(steps, count);
  if (spacing === "linspace")
    return linspace(0, count - 1, steps)
      .map(fround)
      .reverse();
  return Array.from({ length: steps }, (_, i) => i * Math.floor(count / steps) + offset).reverse();
};

/** x0 of a network that sees sample / √(σ² + 1). */
const cleanOf = (type: string, sigma: number): Weights =>
  type === "epsilon"
    ? { sample: 1, prediction: -sigma }
    : type === "v_prediction"
      ? { sample: 1 / (sigma ** 2 + 1), prediction: -sigma / sqrt(sigma ** 2 + 1) }
      : { sample: 0, prediction: 1 };

/**
 * Euler steps in σ, the noise beside an unscaled sample (arXiv:2206.00364, Algorithm 2 without churn), as diffusers'
 * EulerDiscreteScheduler runs it. The model sees the sample divided by √(σ² + 1).
 *
 * Sigmas of one's own have the last one, usually 0, at their end: one more than there are steps.
 *
 * @param config scheduler_config.json; missing fields have diffusers' defaults
 * @throws EngineError "scheduler-config", "input-invalid" for the number of steps, sigmas and timesteps
 */
export const euler: SchedulerClass = (config, steps, schedule) => {
  const fields = configFields(name, config);
  const count = fields.trained();
  checkSteps(steps, count);
  takesOnly(name, schedule, "sigmas", "timesteps");
  const bars = withoutZeroSignal(fields, alphaBarsOf(name, config, fields, count));
  const types = ["epsilon", "sample", "v_prediction", "original_sample"] as const;
  const type = fields.oneOf("prediction_type", "epsilon", types);
  const linear = fields.oneOf("interpolation_type", "linear", ["linear", "log_linear"]) === "linear";
  const above = (value: number) => value > 0;
  const lowest = fields.optional("sigma_min", above, "null, or above 0");
  const highest = fields.optional("sigma_max", above, "null, or above 0");
  const respacing = respacingOf(fields);
  const spacing = fields.oneOf("timestep_spacing", "linspace", spacings);
  const kind = fields.oneOf("timestep_type", "discrete", ["discrete", "continuous"]);
  const continuous = kind === "continuous" && type === "v_prediction";
  if (continuous && !linear && !respacing)
    throw configError(
      name,
      "interpolation_type",
      "log_linear",
      '"linear" where timestep_type is "continuous": diffusers lays one step too many',
    );
  const offset = fields.offset();
  const end = fields.oneOf("final_sigmas_type", "zero", ["zero", "sigma_min"]);
  if (schedule.timesteps) expectTimesteps(name, schedule, steps, count, continuous ? "timestep_type" : respacing);
  else if (!schedule.sigmas) expectInside(name, spaced(spacing, steps, count, offset), count, offset);

  const ratios = noiseRatios(bars);
  const logs = ratios.map(Math.log);
  let timesteps = schedule.timesteps ?? spaced(spacing, steps, count, offset);
  let sigmas = schedule.sigmas?.map(fround) ?? [];
  if (schedule.sigmas) {
    if (sigmas.length !== steps + 1 || sigmas.some((sigma, i) => !(sigma >= 0) || sigma >= (sigmas[i - 1] ?? 1 / 0)))
      throw configError(
        name,
        "sigmas",
        sigmas,
        `${steps + 1} numbers for ${steps} steps that fall to the last, from 0 on`,
      );
    timesteps = sigmas.slice(0, -1).map((sigma) => timestepOf(sigma, logs));
  } else {
    if (linear) sigmas = timesteps.map((timestep) => interpolated(ratios, timestep));
    else sigmas = [...linspace32(logs.at(-1) as number, logs[0] as number, steps + 1).map(Math.exp)];
    if (respacing) {
      sigmas = respaced(respacing, highest ?? (sigmas[0] as number), lowest ?? (sigmas.at(-1) as number), steps);
      timesteps = sigmas.map((sigma) => timestepOf(sigma, logs));
    }
    sigmas = [...sigmas, end === "zero" ? 0 : (ratios[0] as number)].map(fround);
  }
  const most = sigmas.reduce((a, b) => Math.max(a, b));
  return {
    name,
    timesteps: timesteps.map((timestep, i) =>
      fround(continuous ? 0.25 * fround(Math.log(sigmas[i] as number)) : timestep),
    ),
    sigmas: sigmas.slice(0, steps).map(asFlow),
    initNoiseSigma: spacing === "leading" ? sqrt(most ** 2 + 1) : most,
    inputScale: (i) => 1 / sqrt((sigmas[i] as number) ** 2 + 1),
    step(i) {
      const [sigma, after] = [sigmas[i] as number, sigmas[i + 1] as number];
      const clean = cleanOf(type, sigma);
      // x + (x − x0)·(σ' − σ) / σ
      return { clean, next: folded(clean, undefined, after / sigma, 1 - after / sigma) };
    },
  };
};
