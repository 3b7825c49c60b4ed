import { folded } from "./clean-sample.js";
import { configFields } from "./config-fields.js";
import { checkSteps, configError, type SchedulerClass, takesOnly } from "./scheduler.js";
import { asFlow, karras } from "./sigmas.js";
import { linspace32 } from "./spacing.js";

const name = "EDMEulerScheduler";
const { fround, sqrt } = Math;

/**
 * Euler steps with the preconditioning of Karras et al. (arXiv:2206.00364, Table 1), as diffusers' EDMEulerScheduler runs
 * it without churn: the model sees c_in · sample and, as its timestep, log(σ) / 4.
 *
 * @param config scheduler_config.json; missing fields have diffusers' defaults
 * @throws EngineError "scheduler-config", "input-invalid" for the number of steps
 */
export const edmEuler: SchedulerClass = (config, steps, schedule) => {
  const fields = configFields(name, config);
  checkSteps(steps, fields.trained());
  takesOnly(name, schedule);
  const above = (value: number) => value > 0;
  const low = fields.number("sigma_min", 0.002, above, "above 0");
  const high = fields.number("sigma_max", 80, above, "above 0");
  if (high <= low) throw configError(name, "sigma_max", high, `above sigma_min = ${low}`);
  const data = fields.number("sigma_data", 0.5, above, "above 0");
  const rho = fields.number("rho", 7, above, "above 0");
  const laid = fields.oneOf("sigma_schedule", "karras", ["karras", "exponential"]);
  const type = fields.oneOf("prediction_type", "epsilon", ["epsilon", "v_prediction"]);
  const end = fields.oneOf("final_sigmas_type", "zero", ["zero", "sigma_min"]);
  const within =
    laid === "karras"
      ? karras(high, low, steps, rho).map(fround)
      : [...linspace32(Math.log(low), Math.log(high), steps).map(Math.exp)].reverse();
  const sigmas = [...within, end === "zero" ? 0 : (within.at(-1) as number)];
  return {
    name,
    timesteps: within.map((sigma) => fround(0.25 * fround(Math.log(sigma)))),
    sigmas: within.map(asFlow),
    initNoiseSigma: sqrt(high ** 2 + 1),
    inputScale: (i) => 1 / sqrt((sigmas[i] as number) ** 2 + data ** 2),
    step(i) {
      const [sigma, after] = [sigmas[i] as number, sigmas[i + 1] as number];
      const power = sigma ** 2 + data ** 2;
      const out = ((type === "epsilon" ? 1 : -1) * sigma * data) / sqrt(power);
      const clean = { sample: data ** 2 / power, prediction: out };
      return { clean, next: folded(clean, undefined, after / sigma, 1 - after / sigma) };
    },
  };
};
