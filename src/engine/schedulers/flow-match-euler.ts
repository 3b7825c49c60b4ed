import { configFields } from "./config-fields.js";
import { checkSchedule, expectMu } from "./schedule-checks.js";
import { checkSteps, type SchedulerClass } from "./scheduler.js";
import { dynamicShift, type Rounding, respaced, respacingOf, shifted, stretched } from "./sigmas.js";
import { linspace } from "./spacing.js";

const name = "FlowMatchEulerDiscreteScheduler";
const { fround } = Math;

/**
 * Euler steps along the straight path x = (1 − σ)·x0 + σ·ε, the prediction being ε − x0, as diffusers'
 * FlowMatchEulerDiscreteScheduler runs it.
 *
 * Without `sigmas` a shift is applied twice to the smallest one, as it is there: once when the training sigmas are made,
 * once when the steps are laid between their ends. Sigmas that are given are shifted once.
 *
 * @param config scheduler_config.json; missing fields have diffusers' defaults
 * @throws EngineError "scheduler-config", "input-invalid" for the number of steps, sigmas and timesteps
 */
export const flowMatchEuler: SchedulerClass = (config, steps, schedule) => {
  const fields = configFields(name, config);
  const count = fields.trained();
  checkSteps(steps, schedule.sigmas || schedule.timesteps ? Number.MAX_SAFE_INTEGER : count);
  checkSchedule(name, schedule, steps, count);
  const dynamic = fields.flag("use_dynamic_shifting", false);
  const shift = fields.numberIf(!dynamic, "shift", 1, (value) => value > 0, "above 0");
  const type = fields.oneOf("time_shift_type", "exponential", ["exponential", "linear"]);
  const inside = (value: number) => value >= 0 && value < 1;
  const terminal = fields.optional("shift_terminal", inside, "null, or from 0 to below 1");
  const [inverted, stochastic] = [fields.flag("invert_sigmas", false), fields.flag("stochastic_sampling", false)];
  const respacing = respacingOf(fields);

  // numpy computes in the type of what it is given: sigmas of one's own become float32, everything else is double.
  const round: Rounding = schedule.sigmas || schedule.timesteps ? fround : (value) => value;
  const trained = (timestep: number) => {
    const sigma = fround(timestep / count);
    return dynamic ? sigma : (shifted(shift, [sigma], fround)[0] as number);
  };
  const given =
    schedule.sigmas?.map(fround) ??
    (schedule.timesteps?.map(fround) ?? linspace(trained(count) * count, trained(1) * count, steps)).map((timestep) =>
      round(timestep / count),
    );
  let laid = dynamic ? dynamicShift(type, expectMu(name, schedule), given, round) : shifted(shift, given, round);
  if (terminal) laid = stretched(terminal, laid, round);
  if (respacing) laid = respaced(respacing, laid[0] as number, laid.at(-1) as number, steps);
  const sigmas = laid.map((sigma) => (inverted ? fround(1 - fround(sigma)) : fround(sigma)));
  const timesteps =
    schedule.timesteps && !inverted ? schedule.timesteps.map(fround) : sigmas.map((sigma) => fround(sigma * count));
  const end = inverted ? 1 : 0;
  return {
    name,
    timesteps,
    // Inverted ones count what is no noise.
    sigmas: inverted ? sigmas.map((sigma) => fround(1 - sigma)) : sigmas,
    initNoiseSigma: 1,
    step(i) {
      const [sigma, after] = [sigmas[i] as number, sigmas[i + 1] ?? end];
      const clean = { sample: 1, prediction: -sigma };
      if (stochastic) {
        const kept = fround(1 - after);
        return { clean, next: { sample: kept, prediction: -sigma * kept, clean: 0, noise: after }, draws: 1 };
      }
      return { clean, next: { sample: 1, prediction: fround(after - sigma), clean: 0 } };
    },
  };
};
