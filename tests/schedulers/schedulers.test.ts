import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { schedulerFromConfig } from "../../src/engine/schedulers/index.js";
import { engineError } from "../error.js";

const ddim = (fields: object = {}) => ({ _class_name: "DDIMScheduler", ...fields });
const flow = (fields: object = {}) => ({ _class_name: "FlowMatchEulerDiscreteScheduler", ...fields });

/** A saved config of the fixtures and the timesteps that diffusers ran with it. */
const fixture = (folder: string) => {
  const read = (path: string): unknown =>
    JSON.parse(readFileSync(new URL(`../fixtures/latte-a/${path}`, import.meta.url), "utf8"));
  const { runs, steps } = read("reference.json") as {
    steps: number;
    runs: { scheduler: string; timesteps: number[] }[];
  };
  const timesteps = runs.find((run) => folder === `scheduler-${run.scheduler}`)?.timesteps;
  return { config: read(`${folder}/scheduler_config.json`), steps, timesteps };
};

describe("schedulerFromConfig", () => {
  it.each(["scheduler-ddim", "scheduler-flow"])("reads %s as diffusers saved it", (folder) => {
    const { config, steps, timesteps } = fixture(folder);
    expect(schedulerFromConfig(config, steps).timesteps).toEqual(timesteps);
  });

  it("ignores fields of other classes, as diffusers does", () => {
    expect(schedulerFromConfig(ddim({ skip_prk_steps: true, clip_sample: false }), 20).timesteps[0]).toBe(950);
  });

  it.each([[undefined], [null], ["DDIMScheduler"], [[]]])("refuses the config %j", (config) => {
    engineError("scheduler-config", () => schedulerFromConfig(config, 20));
  });

  it.each([["HeunDiscreteScheduler"], [undefined], [3], ["toString"]])("refuses the class %j", (name) => {
    const error = engineError("scheduler-unknown", () => schedulerFromConfig({ _class_name: name }, 20));
    expect(error.hint).toBe(
      "The engine has CogVideoXDDIMScheduler, CogVideoXDPMScheduler, DDIMScheduler, DDPMScheduler, DPMSolverMultistepScheduler, EDMEulerScheduler, EulerDiscreteScheduler, FlowMatchEulerDiscreteScheduler, LCMScheduler, UniPCMultistepScheduler.",
    );
  });

  it.each([
    [ddim({ thresholding: true }), "thresholding"],
    [ddim({ prediction_type: "flow" }), "prediction_type"],
    [ddim({ timestep_spacing: "karras" }), "timestep_spacing"],
    [ddim({ beta_schedule: "sigmoid" }), "beta_schedule"],
    [ddim({ beta_start: "0.1" }), "beta_start"],
    [ddim({ beta_end: 1.5 }), "beta_end"],
    [ddim({ beta_start: 0 }), "beta_start"],
    [ddim({ beta_end: 1 }), "beta_end"],
    [ddim({ clip_sample: 1 }), "clip_sample"],
    [ddim({ clip_sample_range: 0 }), "clip_sample_range"],
    [ddim({ num_train_timesteps: 10.5 }), "num_train_timesteps"],
    [ddim({ steps_offset: -1 }), "steps_offset"],
    [ddim({ steps_offset: 100 }), "steps_offset"],
    [ddim({ trained_betas: [0.1, 0.2] }), "trained_betas"],
    [ddim({ num_train_timesteps: 20, trained_betas: Array(20).fill(2) }), "trained_betas"],
    [ddim({ num_train_timesteps: 20, trained_betas: Array(20).fill("0.1") }), "trained_betas"],
    [ddim({ beta_end: "0.1" }), "beta_end"],
    [ddim({ rescale_betas_zero_snr: true, timestep_spacing: "trailing" }), "prediction_type"],
    [flow({ shift: 0 }), "shift"],
    [flow({ shift: Number.POSITIVE_INFINITY }), "shift"],
    [flow({ shift: null, use_dynamic_shifting: true }), "use_dynamic_shifting"],
    [flow({ use_karras_sigmas: true, use_beta_sigmas: true }), "use_beta_sigmas"],
    [flow({ use_exponential_sigmas: 1 }), "use_exponential_sigmas"],
    [flow({ shift_terminal: 1 }), "shift_terminal"],
    [flow({ time_shift_type: "cubic" }), "time_shift_type"],
    [flow({ shfit: 3 }), "shfit"],
    [ddim({ eta: 0, unheard_of: null }), "unheard_of"],
    [{ _class_name: "DDPMScheduler", variance_type: "learned_range" }, "variance_type"],
    [{ _class_name: "DDPMScheduler", thresholding: true }, "thresholding"],
    [{ _class_name: "DPMSolverMultistepScheduler", variance_type: "learned_range" }, "variance_type"],
    [{ _class_name: "DPMSolverMultistepScheduler", algorithm_type: "dpmsolver" }, "final_sigmas_type"],
    [{ _class_name: "DPMSolverMultistepScheduler", solver_order: 4 }, "solver_order"],
    [{ _class_name: "UniPCMultistepScheduler", solver_p: {} }, "solver_p"],
    [{ _class_name: "UniPCMultistepScheduler", shift_terminal: 0.1 }, "shift_terminal"],
    [
      { _class_name: "UniPCMultistepScheduler", use_flow_sigmas: true, use_dynamic_shifting: true },
      "use_dynamic_shifting",
    ],
    [{ _class_name: "EDMEulerScheduler", sigma_max: 0.001 }, "sigma_max"],
    [{ _class_name: "LCMScheduler", original_inference_steps: 2000 }, "original_inference_steps"],
  ])("refuses %j by naming %s", (config, field) => {
    expect(engineError("scheduler-config", () => schedulerFromConfig(config, 20)).message).toContain(field);
  });

  it("takes an offset up to the last timestep, and says which that is", () => {
    expect(schedulerFromConfig(ddim({ steps_offset: 49 }), 20).timesteps[0]).toBe(999);
    const error = engineError("scheduler-config", () => schedulerFromConfig(ddim({ steps_offset: 50 }), 20));
    expect(error.message).toContain("steps_offset is 50; it must be at most 49 for 20 steps");
  });

  it("takes up to 100000 trained timesteps", () => {
    for (const config of [ddim, flow]) {
      expect(
        schedulerFromConfig(config({ num_train_timesteps: 100_000, prediction_type: "sample" }), 2).timesteps,
      ).toHaveLength(2);
      for (const num_train_timesteps of [0, 2.5, 100_001, "1000", Number.POSITIVE_INFINITY])
        engineError("scheduler-config", () => schedulerFromConfig(config({ num_train_timesteps }), 1));
    }
  });

  it.each([0, -1, 1001, 2.5, Number.NaN, Number.POSITIVE_INFINITY])("refuses %s steps", (steps) => {
    for (const config of [ddim(), flow()])
      expect(engineError("input-invalid", () => schedulerFromConfig(config, steps)).message).toContain(`${steps}`);
  });
});

const setups = fc.record({
  prediction_type: fc.constantFrom("epsilon", "sample", "v_prediction"),
  timestep_spacing: fc.constantFrom("leading", "linspace", "trailing"),
  beta_schedule: fc.constantFrom("linear", "scaled_linear", "squaredcos_cap_v2"),
  clip_sample: fc.boolean(),
  steps: fc.integer({ min: 1, max: 1000 }),
});

describe("every DDIM schedule", () => {
  it("steps down to the predicted clean sample", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(setups, ({ steps, ...fields }) => {
        const { timesteps, step } = schedulerFromConfig(ddim(fields), steps);
        expect(timesteps).toHaveLength(steps);
        expect(timesteps.every((t, i) => Number.isInteger(t) && t >= 0 && t < (timesteps[i - 1] ?? 1000))).toBe(true);
        const weights = timesteps.flatMap((_, i) => [...Object.values(step(i).clean), ...Object.values(step(i).next)]);
        expect(weights.every(Number.isFinite)).toBe(true);
        // Spaced so, the last step always ends at alpha = 1.
        if (fields.timestep_spacing === "trailing") return;
        const { clean, next } = step(steps - 1);
        expect([next.sample + next.clean * clean.sample, next.prediction + next.clean * clean.prediction]).toEqual([
          expect.closeTo(clean.sample, 9),
          expect.closeTo(clean.prediction, 9),
        ]);
      }),
      { numRuns: 300 },
    );
  });

  it.each(["epsilon", "sample", "v_prediction"])("reaches the image that a perfect model predicts as %s", (type) => {
    const { timesteps, step } = schedulerFromConfig(ddim({ prediction_type: type, clip_sample: false }), 10);
    // With v-prediction the clean sample's weights are the signal's and the noise's share at that timestep.
    const shares = schedulerFromConfig(ddim({ prediction_type: "v_prediction", clip_sample: false }), 10);
    const [image, noise] = [0.37, -1.21];
    let sample = Number.NaN;
    timesteps.forEach((_, i) => {
      const signal = shares.step(i).clean.sample;
      const spread = -shares.step(i).clean.prediction;
      if (i === 0) sample = signal * image + spread * noise;
      expect(sample).toBeCloseTo(signal * image + spread * noise, 6);
      const velocity = signal * noise - spread * image;
      const prediction = type === "epsilon" ? noise : type === "sample" ? image : velocity;
      const { next } = step(i);
      sample = next.sample * sample + next.prediction * prediction;
    });
    expect(sample).toBeCloseTo(image, 6);
  });
});
