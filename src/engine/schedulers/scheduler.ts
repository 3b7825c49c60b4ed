import { EngineError, shown } from "../errors.js";

/** A sum over the sample x of a step and the model's (guided) prediction v. */
export interface Weights {
  readonly sample: number;
  readonly prediction: number;
}

/** What a step is put together from. */
export interface StepWeights extends Weights {
  /** Of `clean` (bounded), or of `output` where the step has one. */
  readonly clean: number;
  /** Of the same of earlier steps, the newest first; at most `Scheduler.history`. */
  readonly past?: readonly number[];
  /** Of the sample that the step before started from, as its `corrected` left it. */
  readonly last?: number;
  /** Of normal noise. */
  readonly noise?: number;
}

/**
 * One denoising step as plain weights, so that any backend carries it out with `combine` and no read-back.
 * With x the sample and v the model's (guided) prediction:
 *
 *     x0 = clamp(clean.sample · x + clean.prediction · v)         what the clip would be now
 *     x' = next.sample · x + next.prediction · v + next.clean · x0 + what the solver keeps of earlier steps + noise
 *
 * `next.clean` is 0 where a scheduler neither clips nor keeps anything: then x0 is folded into the other two weights,
 * which saves an operation and, where x0 is large at high noise, rounding. Then x0 is wanted for previews only.
 */
export interface SchedulerStep {
  readonly clean: Weights & {
    /** Bounds x0 to ±clamp. */
    readonly clamp?: number;
  };
  /** What a multistep solver keeps of this step where it is not x0: the noise, of solvers in it. */
  readonly output?: Weights;
  /** A predictor-corrector's second thought on x, once v is known; `next.sample` then weighs it. */
  readonly corrected?: StepWeights;
  readonly next: StepWeights;
  /** How often noise is drawn in this step, the last draw being the one used; as diffusers draws. Default none. */
  readonly draws?: number;
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
  /** Earlier steps whose `clean` (or `output`) a step may weigh. Default 0. */
  readonly history?: number;
  /** What the sample of step `i` is multiplied with before the model sees it. Default 1. */
  inputScale?(i: number): number;
  /** Step `i` of `timesteps`, 0-based. */
  step(i: number): SchedulerStep;
}

/** How a run is scheduled beside its number of steps: what diffusers' `set_timesteps` takes. */
export interface Schedule {
  /** In place of the class's own; before any shift, as `set_timesteps(sigmas=…)` takes them. */
  readonly sigmas?: readonly number[];
  /** In place of the class's own. */
  readonly timesteps?: readonly number[];
  /** Of the resolution-dependent shift, where the config asks for one. */
  readonly mu?: number;
}

/** Sets a class of schedulers to a number of steps. */
export type SchedulerClass = (
  config: Readonly<Record<string, unknown>>,
  steps: number,
  schedule: Schedule,
) => Scheduler;

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

/** Refuses what a class's `set_timesteps` does not take. */
export const takesOnly = (scheduler: string, schedule: Schedule, ...taken: readonly (keyof Schedule)[]): void => {
  for (const name of ["sigmas", "timesteps"] as const)
    if (schedule[name] !== undefined && !taken.includes(name))
      throw new EngineError("input-invalid", `${scheduler} takes no ${name} of its own.`, {
        hint:
          name === "sigmas"
            ? 'Give sigmas "scheduler" (--sigmas scheduler), or use a scheduler that takes them: FlowMatchEulerDiscreteScheduler.'
            : "Leave the timesteps out, or use a scheduler that takes them: DDPMScheduler, DPMSolverMultistepScheduler.",
      });
};

/** Whole numbers of timesteps, noise first and in range. */
export const checkTimesteps = (scheduler: string, timesteps: readonly number[], count: number): void => {
  const wrong = timesteps.find(
    (t, i) => !Number.isInteger(t) || t < 0 || t >= Math.min(count, timesteps[i - 1] ?? count),
  );
  if (timesteps.length === 0 || wrong !== undefined)
    throw new EngineError(
      "input-invalid",
      `${scheduler}: the timesteps hold ${shown(wrong)}; expected whole numbers that fall from at most ${count - 1} to 0.`,
    );
};
