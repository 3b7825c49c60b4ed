import { alphaBarsOf } from "./betas.js";
import { configFields } from "./config-fields.js";
import { type SolverStep, sumOf, termsOf } from "./dpm-terms.js";
import { expectMu } from "./schedule-checks.js";
import { checkSteps, configError, type SchedulerClass, takesOnly } from "./scheduler.js";
import { asFlow, interpolated, noiseRatios, respaced, respacingOf, shifted, timestepOf } from "./sigmas.js";
import { expectTimesteps, ratesOf, readPrediction, solverPredictions, withoutZeroSignal } from "./solver.js";
import { linspace, roundEven, spacedWithoutEnd, spacings } from "./spacing.js";
import { expectInside } from "./vp-start.js";

const name = "DPMSolverMultistepScheduler";
const { fround, log, trunc } = Math;
const algorithms = ["dpmsolver", "dpmsolver++", "sde-dpmsolver", "sde-dpmsolver++"] as const;

/**
 * DPM-Solver and DPM-Solver++ (arXiv:2206.00927, arXiv:2211.01095), of one to three steps, with or without noise, as
 * diffusers' DPMSolverMultistepScheduler runs them.
 *
 * @param config scheduler_config.json; missing fields have diffusers' defaults
 * @throws EngineError "scheduler-config", "input-invalid" for the number of steps and timesteps
 */
export const dpmSolver: SchedulerClass = (config, steps, schedule) => {
  const fields = configFields(name, config);
  const count = fields.trained();
  checkSteps(steps, count);
  takesOnly(name, schedule, "timesteps");
  fields.absent("thresholding", "variance_type");
  const bars = withoutZeroSignal(fields, alphaBarsOf(name, config, fields, count));
  const within = (value: number) => [1, 2, 3].includes(value);
  const order = fields.number("solver_order", 2, within, "1, 2 or 3");
  const type = fields.oneOf("prediction_type", "epsilon", solverPredictions);
  // "deis" is what DEIS saves, the solver types those of UniPC and DEIS: taken as diffusers takes them.
  const asked = fields.oneOf("algorithm_type", "dpmsolver++", [...algorithms, "deis"]);
  const algorithm = asked === "deis" ? "dpmsolver++" : asked;
  const heun = fields.oneOf("solver_type", "midpoint", ["midpoint", "heun", "logrho", "bh1", "bh2"]) === "heun";
  const lower = fields.flag("lower_order_final", true);
  const eulerLast = fields.flag("euler_at_final", false);
  const respacing = respacingOf(fields);
  const [lu, flow] = [fields.flag("use_lu_lambdas", false), fields.flag("use_flow_sigmas", false)];
  const dynamic = fields.flag("use_dynamic_shifting", false);
  fields.oneOf("time_shift_type", "exponential", ["exponential"]);
  const usual = fields.numberIf(flow && !dynamic, "flow_shift", 1, (value) => value > 0, "above 0");
  const shift = dynamic ? Math.exp(expectMu(name, schedule)) : usual;
  const end = fields.oneOf("final_sigmas_type", "zero", ["zero", "sigma_min"]);
  const clipped = config.lambda_min_clipped ?? Number.NEGATIVE_INFINITY;
  if (typeof clipped !== "number" || Number.isNaN(clipped) || clipped === Number.POSITIVE_INFINITY)
    throw configError(name, "lambda_min_clipped", clipped, "a number");
  const spacing = fields.oneOf("timestep_spacing", "linspace", spacings);
  const offset = fields.offset();
  const inNoise = algorithm === "dpmsolver" || algorithm === "sde-dpmsolver";
  if (inNoise && end === "zero") throw configError(name, "final_sigmas_type", end, `"sigma_min" for ${algorithm}`);
  if (inNoise && type === "flow_prediction")
    throw configError(name, "prediction_type", type, `"epsilon", "sample" or "v_prediction" for ${algorithm}`);
  const other = respacing ?? (lu ? "use_lu_lambdas" : flow ? "use_flow_sigmas" : undefined);
  if (schedule.timesteps) expectTimesteps(name, schedule, steps, count, other);

  const ratios = noiseRatios(bars);
  const logs = ratios.map(log);
  const most = count - bars.findLastIndex((bar) => halfLogRatio(bar) >= clipped) - 1;
  const usualTimesteps = () => spacedWithoutEnd(spacing, steps, count, offset, count - most);
  let timesteps: readonly number[] = schedule.timesteps ?? usualTimesteps();
  let sigmas: number[];
  const cosine = fields.oneOf("beta_schedule", "linear", ["linear", "scaled_linear", "squaredcos_cap_v2"]);
  const toTimesteps = (round: boolean) =>
    sigmas.map((sigma) => timestepOf(sigma, logs)).map((at) => trunc(round ? roundEven(at) : at));
  const [low, high] = [ratios[0] as number, ratios.at(-1) as number];
  if (lu && respacing !== "use_karras_sigmas") {
    sigmas = linspace(0, 1, steps).map((ramp) =>
      Math.exp((logs.at(-1) as number) + ramp * ((logs[0] as number) - (logs.at(-1) as number))),
    ); // prettier-ignore
    timesteps = toTimesteps(cosine !== "squaredcos_cap_v2");
  } else if (respacing) {
    sigmas = respaced(respacing, high, low, steps);
    timesteps = toTimesteps(respacing === "use_karras_sigmas" && cosine !== "squaredcos_cap_v2");
  } else if (flow) {
    const ascending = linspace(1, 1 / count, steps + 1).map((alpha) => 1 - alpha);
    sigmas = shifted(shift, ascending, (value) => value)
      .slice(1)
      .reverse();
    timesteps = sigmas.map((sigma) => trunc(sigma * count));
  } else {
    expectInside(name, timesteps, count, offset);
    sigmas = timesteps.map((timestep) => interpolated(ratios, timestep));
  }
  sigmas = [...sigmas, end === "zero" ? 0 : low].map(fround);
  const rates = sigmas.map((sigma) => ratesOf(sigma, flow));
  const total = timesteps.length;
  const orderAt = (i: number): number => {
    const last = i === total - 1 && (eulerLast || (lower && total < 15) || end === "zero");
    const second = i === total - 2 && lower && total < 15;
    return i === 0 || last ? 1 : i === 1 || second ? Math.min(2, order) : order;
  };
  if (algorithm === "sde-dpmsolver" && timesteps.some((_, i) => orderAt(i) === 3))
    throw configError(name, "solver_order", order, "1 or 2 for sde-dpmsolver");

  return {
    name,
    timesteps,
    sigmas: sigmas.slice(0, total).map((sigma) => (flow ? sigma : asFlow(sigma))),
    initNoiseSigma: 1,
    history: order - 1,
    step(i) {
      const taken = orderAt(i);
      const here: SolverStep = { rates, i, algorithm, heun };
      const { clean, epsilon } = readPrediction(type, rates[i] as (typeof rates)[number]);
      const draws = algorithm.startsWith("sde") ? { draws: 1 } : {};
      return {
        clean,
        ...(inNoise ? { output: epsilon } : {}),
        next: sumOf(termsOf(here, taken), here, taken),
        ...draws,
      };
    },
  };
};

/** log(signal / noise) at one ᾱ, rounded as PyTorch does it in float32. */
const halfLogRatio = (bar: number): number =>
  fround(fround(log(fround(Math.sqrt(bar)))) - fround(log(fround(Math.sqrt(fround(1 - bar))))));
