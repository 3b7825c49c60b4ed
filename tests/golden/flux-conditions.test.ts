import { describe, expect, test } from "vitest";
import { fluxConfig, fluxWeights } from "../../src/engine/architectures/flux-config.js";
import { firstBlockCache } from "../../src/engine/cache/methods/first-block-cache.js";
import type { RunInputs } from "../../src/engine/engine.js";
import { writeSafetensors } from "../../src/engine/files/safetensors.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { sizeOf, type Tensor } from "../../src/engine/tensor.js";
import { engineRejection } from "../error.js";
import { changed, ramp } from "../small-files.js";

// diffusers 0.42.1's FluxTransformer2DModel with heads of 10 channels and weights by a formula, at timestep 1000, on two
// images with a text, a pooled text and (where it is told one) a guidance of their own: 1 and 7. Its embedding
// of 7 · 1000 differs from ours by 2e-4, since torch rounds the frequencies otherwise; values reach 13.

const network = (dual: number, single: number, told: boolean) => ({
  ...{ _class_name: "FluxTransformer2DModel", patch_size: 1, in_channels: 12, axes_dims_rope: [2, 4, 4] },
  ...{ num_layers: dual, num_single_layers: single, attention_head_dim: 10, num_attention_heads: 2 },
  ...{ joint_attention_dim: 8, pooled_projection_dim: 6, guidance_embeds: told },
});

const engineOf = (config: object) => {
  const sorted = [...fluxWeights(fluxConfig(config))].sort(([a], [b]) => (a < b ? -1 : 1));
  const weights = sorted.map(([name, dims], index) => {
    const data = Float32Array.from({ length: sizeOf(dims) }, (_, j) => Math.sin(0.37 * j + index) * 0.5);
    return [name, { dims, data }] as const;
  });
  const model = changed("/nowhere", {
    "config.json": () => JSON.stringify(config),
    "diffusion_pytorch_model.safetensors": () => writeSafetensors(weights),
  });
  return createEngine({ model, backend: "wasm", scheduler: { _class_name: "FlowMatchEulerDiscreteScheduler" } });
};

const guidance: Tensor = { dims: [2], data: Float32Array.of(1, 7) };
const inputsOf = (told: boolean): RunInputs => ({
  noise: ramp(2, 3, 4, 6),
  cond: { text: ramp(2, 5, 8), pooled: ramp(2, 6), ...(told ? { guidance } : {}) },
});
const request = { steps: 1, guidance: 1, sigmas: "scheduler", predictions: true } as const;

test.each([
  [1, 1, true, [-13.367557, -4.346836, 9.089852], [1.847758, -0.82224, -3.034059], [2.437642, 3.233725]],
  [0, 2, false, [-4.193586, -0.84173, 2.990191], [-6.032877, -0.656702, 4.991769], [-3.051314, -5.833814]],
  [2, 0, false, [-12.041643, -7.383982, 5.100072], [-9.668447, -7.8294, 2.336204], [2.477748, -7.510617]],
  [0, 0, true, [-0.010617, -0.034225, -0.48452], [0.185181, 0.238788, -0.44086], [-0.269989, -0.085883]],
] as const)("%i and %i blocks, told its guidance: %s", async (dual, single, told, one, other, end) => {
  const engine = await engineOf(network(dual, single, told));
  const { predictions } = await engine.generate({ ...request, inputs: inputsOf(told) });
  await engine.dispose();
  const found = [...(predictions?.[0] ?? [])];
  for (const [part, wanted] of [
    [found.slice(0, 3), one],
    [found.slice(72, 75), other],
    [found.slice(-2), end],
  ] as const)
    for (const [index, value] of wanted.entries()) expect(part[index]).toBeCloseTo(value, 2);
});

describe("two images", () => {
  test("are what two runs make, also where a method decides for each", async () => {
    const engine = await engineOf(network(1, 1, true));
    const { noise, cond } = inputsOf(true);
    const part = ({ dims, data }: Tensor, index: number): Tensor => {
      const size = data.length / 2;
      return { dims: [1, ...dims.slice(1)], data: data.slice(index * size, (index + 1) * size) };
    };
    const alone = [];
    for (const index of [0, 1]) {
      const own = Object.fromEntries(Object.entries(cond).map(([name, value]) => [name, part(value, index)]));
      const run = await engine.generate({ ...request, steps: 3, inputs: { noise: part(noise, index), cond: own } });
      alone.push(...run.latents.data);
    }
    for (const cache of [[], [firstBlockCache({ threshold: 0 })]]) {
      const both = await engine.generate({ ...request, steps: 3, cache, inputs: { noise, cond } });
      for (const [index, value] of alone.entries()) expect(both.latents.data[index]).toBeCloseTo(value, 3);
    }
    await engine.dispose();
  });

  test("take one row for both, and refuse three", async () => {
    const engine = await engineOf(network(1, 1, true));
    const { noise, cond } = inputsOf(true);
    const same = { ...cond, pooled: ramp(1, 6), guidance: { dims: [1], data: Float32Array.of(7) } };
    const twice = {
      ...cond,
      pooled: { dims: [2, 6], data: Float32Array.from([...ramp(6).data, ...ramp(6).data]) },
      guidance: { dims: [2], data: Float32Array.of(7, 7) },
    };
    const runs = [];
    for (const one of [same, twice]) runs.push(await engine.generate({ ...request, inputs: { noise, cond: one } }));
    expect(runs[0]?.latents.data).toEqual(runs[1]?.latents.data);
    for (const more of [{ guidance: { dims: [3], data: Float32Array.of(1, 2, 3) } }, { guidance: ramp(1, 2) }]) {
      const asked = engine.generate({ ...request, inputs: { noise, cond: { ...cond, ...more } } });
      expect((await engineRejection("input-invalid", asked)).message).toContain('"guidance"');
    }
    await engine.dispose();
  });
});
