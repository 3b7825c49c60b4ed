import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { torchGenerator } from "../../src/engine/random.js";
import { schedulerFromConfig } from "../../src/engine/schedulers/index.js";
import type { Scheduler } from "../../src/engine/schedulers/scheduler.js";
import { engineError } from "../error.js";
import { runOnNumbers } from "./run-on-numbers.js";

interface Run {
  readonly config: { readonly _class_name: string; readonly [field: string]: unknown };
  readonly steps: number;
  readonly nan?: true;
  readonly sigmas?: readonly number[];
  readonly timesteps: readonly number[];
  readonly own?: readonly number[];
  readonly mu?: number;
  readonly init: number;
  readonly count: number;
  readonly middle: readonly number[];
  readonly sample: readonly number[];
}

// Written by tests/reference/scheduler_samples.py from diffusers' own classes, with settings drawn at random.
// SCHEDULER_SAMPLES names another file of it, with as many as one likes.
const file = process.env.SCHEDULER_SAMPLES ?? new URL("../fixtures/scheduler-samples.json", import.meta.url);
const { noise, seed, runs } = JSON.parse(readFileSync(file, "utf8")) as {
  readonly noise: readonly number[];
  readonly seed: number;
  readonly runs: readonly Run[];
};

/** The model of the reference script: 0.9 · sin(input + index + step). */
const model = (input: readonly number[], step: number) =>
  input.map((value, i) => Math.fround(0.9 * Math.sin(value + i + step)));

const distance = (a: readonly number[], b: readonly number[]) =>
  Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number)))) / Math.max(1, ...b.map(Math.abs));

/** The last step of "bh1" to σ = 0 is of the first order, which needs no B(h); diffusers multiplies an infinite one with 0. */
const endsInOrderOne = ({ config }: Run): boolean =>
  config.solver_type === "bh1" &&
  config.predict_x0 !== false &&
  config.lower_order_final !== false &&
  !(config.use_flow_sigmas && (config.use_exponential_sigmas || config.use_beta_sigmas)); // they reach beyond 1 there

/** Float32 keeps 1e-7 of the largest number that occurs: of the noise that a run starts from, or of what a weight makes. */
const within = ({ timesteps, step, initNoiseSigma }: Scheduler): number => {
  const weights = [...timesteps.keys()].flatMap((i) => {
    const { clean, next } = step(i);
    return [clean.sample, clean.prediction, next.sample, next.clean, ...(next.past ?? [])];
  });
  return 1e-5 + 1e-6 * Math.max(initNoiseSigma, ...weights.map(Math.abs));
};

const classes = [...new Set(runs.map(({ config }) => config._class_name))];

describe.each(classes)("%s equals diffusers'", (name) => {
  const own = runs.filter(({ config }) => config._class_name === name);
  it.each(
    own.map((run) => [JSON.stringify({ ...run.config, _class_name: undefined, steps: run.steps }), run] as const),
  )("%s", (_, run) => {
    const schedule = {
      ...(run.sigmas ? { sigmas: run.sigmas } : {}),
      ...(run.own ? { timesteps: run.own } : {}),
      ...(run.mu === undefined ? {} : { mu: run.mu }),
    };
    const made = () => schedulerFromConfig(run.config, run.steps, schedule);
    if (run.nan && !endsInOrderOne(run)) return void engineError("scheduler-config", made);
    const scheduler = made();
    const { timesteps } = scheduler;
    if (run.nan)
      return void expect(runOnNumbers(scheduler, noise, model).at(-1)?.sample.every(Number.isFinite)).toBe(true);
    expect(timesteps).toHaveLength(run.count);
    const shown = timesteps.length <= 8 ? timesteps : [...timesteps.slice(0, 3), ...timesteps.slice(-3)];
    expect(distance(shown, run.timesteps)).toBeLessThan(1e-6);
    expect(scheduler.initNoiseSigma / run.init).toBeCloseTo(1, 6);
    const generator = torchGenerator(seed);
    const draw = () => [...generator(noise.length)];
    const steps = runOnNumbers(scheduler, noise, model, draw);
    expect(distance(steps[Math.floor(run.count / 2)]?.sample as number[], run.middle)).toBeLessThan(within(scheduler));
    expect(distance(steps.at(-1)?.sample as number[], run.sample)).toBeLessThan(within(scheduler));
  });
});
