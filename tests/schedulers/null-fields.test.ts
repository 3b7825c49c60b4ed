import { describe, expect, test } from "vitest";
import { schedulerFromConfig } from "../../src/engine/schedulers/index.js";
import { engineError } from "../error.js";

// A field that is null is None in diffusers: false where a switch is asked for, and no default anywhere.

const steps = 5;
/** All that a scheduler says, as text. */
const said = (config: object): string => {
  const { timesteps, sigmas, step } = schedulerFromConfig({ final_sigmas_type: "sigma_min", ...config }, steps);
  return JSON.stringify([timesteps, sigmas, timesteps.map((_, i) => step(i))]);
};

describe("a switch that is null is off", () => {
  test.each([
    ["DDIMScheduler", "set_alpha_to_one"],
    ["DDIMScheduler", "clip_sample"],
    ["CogVideoXDDIMScheduler", "set_alpha_to_one"],
    ["DPMSolverMultistepScheduler", "lower_order_final"],
    ["UniPCMultistepScheduler", "predict_x0"],
  ])("%s: %s", (_class_name, field) => {
    expect(said({ _class_name, [field]: null })).toBe(said({ _class_name, [field]: false }));
    expect(said({ _class_name, [field]: null })).not.toBe(said({ _class_name }));
  });
});

test.each([
  ["DDIMScheduler", "num_train_timesteps"],
  ["DDIMScheduler", "timestep_spacing"],
  ["DDIMScheduler", "beta_end"],
  ["FlowMatchEulerDiscreteScheduler", "shift"],
  ["DPMSolverMultistepScheduler", "solver_order"],
])("%s: %s of null is refused", (_class_name, field) => {
  expect(engineError("scheduler-config", () => said({ _class_name, [field]: null })).message).toContain(
    `${field} is null`,
  );
});

test.each([
  ["EulerDiscreteScheduler", "sigma_min"],
  ["FlowMatchEulerDiscreteScheduler", "shift_terminal"],
  ["DDIMScheduler", "trained_betas"],
])("%s: %s of null is as it is where the field is missing", (_class_name, field) => {
  expect(said({ _class_name, [field]: null })).toBe(said({ _class_name }));
});
