import { alphaBarsOf } from "./betas.js";
import { configFields } from "./config-fields.js";
import { expectMu } from "./schedule-checks.js";
import { checkSteps, configError, type SchedulerClass, type StepWeights, takesOnly } from "./scheduler.js";
import {
  asFlow,
  dynamicShift,
  interpolated,
  noiseRatios,
  respaced,
  respacingOf,
  shifted,
  stretched,
  timestepOf,
} from "./sigmas.js";
import { ratesOf, readPrediction, solverPredictions, withoutZeroSignal } from "./solver.js";
import { linspace, roundEven, spacedWithoutEnd, spacings } from "./spacing.js";
import { corrector, predictor } from "./uni-pc-terms.js";
import { expectInside } from "./vp-start.js";

const name = "UniPCMultistepScheduler";
const { fround, log, trunc } = Math;
const exact = (value: number): number => value;

/**
 * UniPC (arXiv:2302.04867), a predictor and a corrector of one to three steps, as diffusers' UniPCMultistepScheduler runs
 * it. The corrector looks once more at the sample that a step started from, with what the model made of it.
 *
 * @param config scheduler_config.json; missing fields have diffusers' defaults
 * @throws EngineError "scheduler-config", "input-invalid" for the number of steps and sigmas
 */
export const uniPc: SchedulerClass = (config, steps, schedule) => {
  const fields = configFields(name, config);
  const count = fields.trained();
  checkSteps(steps, count);
  takesOnly(name, schedule, "sigmas");
  fields.absent("thresholding", "solver_p");
  const bars = withoutZeroSignal(fields, alphaBarsOf(name, config, fields, count));
  const order = fields.number("solver_order", 2, (value) => [1, 2, 3].includes(value), "1, 2 or 3");
  const type = fields.oneOf("prediction_type", "epsilon", solverPredictions);
  const inNoise = !fields.flag("predict_x0", true);
  // The last three are DPM-Solver's and DEIS's, taken as diffusers takes them.
  const hyperbolic = fields.oneOf("solver_type", "bh2", ["bh1", "bh2", "midpoint", "heun", "logrho"]) !== "bh1";
  const lower = fields.flag("lower_order_final", true);
  const uncorrected = config.disable_corrector ?? [];
  if (!Array.isArray(uncorrected) || !uncorrected.every(Number.isInteger))
    throw configError(name, "disable_corrector", uncorrected, "a list of steps");
  const respacing = respacingOf(fields);
  const flow = fields.flag("use_flow_sigmas", false);
  const dynamic = fields.flag("use_dynamic_shifting", false);
  const shiftType = fields.oneOf("time_shift_type", "exponential", ["exponential", "linear"]);
  const shift = fields.numberIf(flow && !dynamic, "flow_shift", 1, (value) => value > 0, "above 0");
  const terminal = fields.optional("shift_terminal", (value) => value >= 0 && value < 1, "null, or from 0 to below 1");
  if (terminal !== undefined && !flow)
    throw configError(name, "shift_terminal", terminal, "null without use_flow_sigmas");
  const above = (value: number) => value > 0;
  const lowest = fields.optional("sigma_min", above, "null, or above 0");
  const highest = fields.optional("sigma_max", above, "null, or above 0");
  const end = fields.oneOf("final_sigmas_type", "zero", ["zero", "sigma_min"]);
  const spacing = fields.oneOf("timestep_spacing", "linspace", spacings);
  const offset = fields.offset();
  if (inNoise && type === "flow_prediction")
    throw configError(name, "prediction_type", type, '"epsilon", "sample" or "v_prediction" with predict_x0 = false');
  if (schedule.sigmas && (!flow || respacing))
    throw configError(name, "use_flow_sigmas", flow, "true, and no other sigmas asked for, where sigmas are given");

  const ratios = noiseRatios(bars);
  const logs = ratios.map(log);
  let timesteps: number[] = [];
  let sigmas: number[];
  let last = end === "zero" ? 0 : undefined;
  if (respacing) {
    sigmas = respaced(respacing, highest ?? (ratios.at(-1) as number), lowest ?? (ratios[0] as number), steps);
    if (respacing === "use_karras_sigmas" && flow) {
      sigmas = sigmas.map(asFlow);
      timesteps = sigmas.map((sigma) => trunc(sigma * count));
    } else {
      const places = sigmas.map((sigma) => timestepOf(sigma, logs));
      timesteps = places.map(respacing === "use_karras_sigmas" ? roundEven : trunc);
    }
  } else if (flow) {
    const given = schedule.sigmas ?? linspace(1, 1 / count, steps + 1).slice(0, -1);
    sigmas = dynamic ? dynamicShift(shiftType, expectMu(name, schedule), given, exact) : shifted(shift, given, exact);
    if (terminal) sigmas = stretched(terminal, sigmas, exact);
    const first = sigmas[0] as number;
    if (Math.abs(first - 1) < 1e-6) sigmas[0] = first - 1e-6; // σ = 1 has no logarithm
    timesteps = sigmas.map((sigma) => trunc(sigma * count));
  } else {
    timesteps = spacedWithoutEnd(spacing, steps, count, offset);
    expectInside(name, timesteps, count, offset);
    sigmas = timesteps.map((timestep) => interpolated(ratios, timestep));
    last ??= ratios[0] as number;
  }
  sigmas = [...sigmas, last ?? (sigmas.at(-1) as number)].map(fround);
  const rates = sigmas.map((sigma) => ratesOf(sigma, flow));
  const orderAt = (i: number): number => Math.min(lower ? Math.min(order, steps - i) : order, i + 1);
  const form = { rates, inNoise, hyperbolic };

  return {
    name,
    timesteps,
    sigmas: sigmas.slice(0, steps).map((sigma) => (flow ? sigma : asFlow(sigma))),
    initNoiseSigma: 1,
    history: order,
    step(i) {
      const { clean, epsilon } = readPrediction(type, rates[i] as (typeof rates)[number]);
      const corrected: { readonly corrected?: StepWeights } =
        i > 0 && !uncorrected.includes(i - 1) ? { corrected: corrector(form, i, orderAt(i - 1)) } : {};
      return {
        clean,
        ...(inNoise ? { output: epsilon } : {}),
        ...corrected,
        next: predictor(form, i, orderAt(i)),
      };
    },
  };
};
