import { describe, expect, it } from "vitest";
import { alphaBarsOf } from "../../src/engine/schedulers/betas.js";
import { configFields } from "../../src/engine/schedulers/config-fields.js";
import { schedulerFromConfig } from "../../src/engine/schedulers/index.js";

// To the last bit of float32: diffusers 0.42 with torch 2.13, `DDIMScheduler(**config).alphas_cumprod`. Rescaled ones are
// numpy's in float32, since torch's square root is a bit off on some processors.

const latent = { beta_schedule: "scaled_linear", beta_start: 0.00085, beta_end: 0.012 };
it.each<[Record<string, unknown>, number, Record<number, number> | number[]]>([
  [{}, 1000, { 0: 0.9998999834060669, 300: 0.3940110206604004, 500: 0.07779665291309357, 999: 4.035830352222547e-5 }],
  [latent, 1000, { 1: 0.9982960224151611, 500: 0.27633246779441833, 999: 0.00466009508818388 }],
  [{ beta_schedule: "squaredcos_cap_v2" }, 1000, { 0: 0.9999586939811707, 999: 2.4287349909002387e-9 }],
  [
    { beta_start: 0.00277, beta_end: 0.425 },
    10,
    { 0: 0.9972299933433533, 5: 0.452740877866745, 9: 0.07750334590673447 },
  ],
  [{ beta_start: 0.00197, beta_end: 0.024 }, 101, { 50: 0.6817736029624939, 100: 0.2665448784828186 }],
  [
    { beta_start: 0.0315, beta_end: 0.397 },
    7,
    [
      0.968500018119812, 0.8789945244789124, 0.7442153692245483, 0.58476722240448, 0.42385873198509216,
      0.28140687942504883, 0.16968834400177002,
    ],
  ], // prettier-ignore
  [{}, 1, { 0: 0.9998999834060669 }],
  [
    { rescale_betas_zero_snr: true },
    1000,
    {
      1: 0.9997793436050415,
      300: 0.3910287022590637,
      500: 0.07524619996547699,
      900: 0.00010303845192538574,
      998: 4.2132746180811864e-9,
      999: 0,
    },
  ], // prettier-ignore
  [
    { ...latent, rescale_betas_zero_snr: true },
    1000,
    {
      300: 0.5647498369216919,
      500: 0.24101853370666504,
      900: 0.0029603911098092794,
      998: 1.9679627882851491e-7,
      999: 0,
    },
  ], // prettier-ignore
])("ᾱ of %j in %d timesteps", (config, count, expected) => {
  const bars = alphaBarsOf("DDIMScheduler", config, configFields("DDIMScheduler", config), count);
  expect(Object.fromEntries(Object.keys(expected).map((t) => [t, bars[Number(t)]]))).toEqual({ ...expected });
});

describe("FlowMatchEulerDiscreteScheduler's sigmas", () => {
  it.each([
    [6.7, 1000, [1, 0.9311996102333069, 0.7736226320266724, 0.043002620339393616]],
    [7.35, 500, [1, 0.9375966787338257, 0.7932770252227783, 0.09768590331077576]],
    [10.02, 500, [1, 0.9537969827651978, 0.8415667414665222, 0.16750141978263855]],
  ])("with a shift of %d over %d timesteps", (shift, num_train_timesteps, expected) => {
    const config = { _class_name: "FlowMatchEulerDiscreteScheduler", shift, num_train_timesteps };
    const { sigmas, timesteps, step } = schedulerFromConfig(config, 4);
    expect(sigmas).toEqual(expected);
    expect(timesteps).toEqual(expected.map((sigma) => Math.fround(sigma * num_train_timesteps)));
    expect(expected.map((_, i) => step(i).next.prediction)).toEqual(
      expected.map((sigma, i) => Math.fround((expected[i + 1] ?? 0) - sigma)),
    );
  });
});

describe("DDIM", () => {
  const ddim = (fields: object, steps: number) =>
    schedulerFromConfig({ _class_name: "DDIMScheduler", ...fields }, steps);

  it("rounds halves to the even timestep, as numpy does: 832.5, 499.5 and 166.5", () => {
    expect(ddim({ timestep_spacing: "linspace" }, 7).timesteps).toEqual([999, 832, 666, 500, 333, 166, 0]);
  });

  it("tells the noise in its latents as a flow does: 0.6 of noise beside 0.8 of signal is 3/7", () => {
    expect(ddim({ num_train_timesteps: 1, trained_betas: [0.36] }, 1).sigmas[0]).toBeCloseTo(3 / 7, 7);
  });
});
