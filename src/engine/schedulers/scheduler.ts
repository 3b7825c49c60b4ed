import { EngineError, shown } from "../errors.js";

/**
 * One denoising step as plain weights, so that any backend carries it out with `combine` and no read-back.
 * With x the sample and v the model's (guided) prediction:
 *
 *     x0 = clamp(clean.sample · x + clean.prediction · v)         what the clip would be now
 *     x' = next.sample · x + next.prediction · v + next.clean · x0
 *
 * `next.clean` is 0 unless the scheduler clips: without a clip x0 is folded into the other two weights, which saves an
 * operation and, where x0 is large at high noise, rounding. Then x0 is wanted for previews only.
 */
export interface SchedulerStep {
  readonly clean: {
    readonly sample: number;
    readonly prediction: number;
    /** Bounds x0 to ±clamp. */
    readonly clamp?: number;
  };
  readonly next: { readonly sample: number; readonly prediction: number; readonly clean: number };
}

/** The timesteps of one run and what happens between them. Pure numbers; holds no state. */
export interface Scheduler {
  /** The class in diffusers. */
  readonly name: string;
  /** As the model receives them, from noise to image; float32 values. */
  readonly timesteps: readonly number[];
  /** Of each step the noise in its latents as a flow counts it, σ in (1 − σ)·clean + σ·noise up to scale: 1 … 0. */
  readonly sigmas: readonly number[];
  /** Standard deviation of the noise that a run starts from. */
  readonly initNoiseSigma: number;
  /** Step `i` of `timesteps`, 0-based. */
  step(i: number): SchedulerStep;
}

/** A field of a scheduler's config that has another value than the engine takes. */
export const configError = (scheduler: string, field: string, value: unknown, wanted: string): EngineError =>
  new EngineError("scheduler-config", `${scheduler}: ${field} is ${shown(value)}; it must be ${wanted}.`, {
    hint: `Correct ${field} in scheduler_config.json, or use a scheduler that the engine has.`,
  });

/** Refuses a number of steps that is not in 1 … `most`. */
export const checkSteps = (steps: number, most: number): void => {
  if (!Number.isInteger(steps) || steps < 1 || steps > most)
    throw new EngineError(
      "input-invalid",
      `The number of steps is ${shown(steps)}; it must be a whole number from 1 to ${most}.`,
      {
        hint: "The scheduler was trained with that many timesteps; 20 to 50 steps are usual.",
      },
    );
};

/** Typed access to a config's fields: a missing field has diffusers' default, a wrong one is an EngineError. */
export const configFields = (scheduler: string, config: Readonly<Record<string, unknown>>) => ({
  number(field: string, standard: number, lawful: (value: number) => boolean, wanted: string): number {
    const value = config[field] ?? standard;
    if (typeof value !== "number" || !Number.isFinite(value) || !lawful(value))
      throw configError(scheduler, field, value, wanted);
    return value;
  },
  flag(field: string, standard: boolean): boolean {
    const value = config[field] ?? standard;
    if (typeof value !== "boolean") throw configError(scheduler, field, value, "true or false");
    return value;
  },
  oneOf<Choice extends string>(field: string, standard: Choice, choices: readonly Choice[]): Choice {
    const value = config[field] ?? standard;
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw configError(scheduler, field, value, choices.map((c) => `"${c}"`).join(" or "));
    return found;
  },
  /** Fields whose features the engine does not have: each must be absent, null or false. */
  absent(...fields: string[]): void {
    for (const field of fields)
      if (config[field] !== undefined && config[field] !== null && config[field] !== false)
        throw configError(scheduler, field, config[field], "off, because the engine does not have it");
  },
});

export type ConfigFields = ReturnType<typeof configFields>;
