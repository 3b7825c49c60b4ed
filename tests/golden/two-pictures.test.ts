import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { architectureOf } from "../../src/engine/architectures/index.js";
import type { Engine, RunInputs } from "../../src/engine/engine.js";
import { weightStore } from "../../src/engine/graph/weights.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import type { Tensor } from "../../src/engine/tensor.js";
import { engineError, engineRejection } from "../error.js";
import { fixtureFolder } from "./fixture.js";
import { readReal } from "./real.js";

// Several pictures at once, and configurations that their graphs do not cover.

const networks = [
  ...["chroma-masked", "flux2-dev", "flux2-klein", "hunyuan-deep", "ltx-masked", "mochi-masked"],
  ...["z-image-bare", "z-image-masked"],
];

type Tensors = Readonly<Record<string, Tensor>>;

const turned = ({ dims, data }: Tensor): Tensor => ({ dims, data: data.toReversed() });
const pair = (a: Tensor, b: Tensor): Tensor => ({
  dims: [2, ...a.dims.slice(1)],
  data: Float32Array.from([...a.data, ...b.data]),
});
const mapped = (tensors: Tensors, change: (tensor: Tensor, name: string) => Tensor): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor, name)]));

test.each(networks)("%s makes of two pictures what two runs make", async (name) => {
  const { folder, inputs } = readReal(name, "networks");
  const engine = await createEngine({ model: folder, backend: "wasm" });
  const run = async (of: RunInputs) => [
    ...(await engine.generate({ steps: 2, guidance: 1, inputs: of, predictions: true })).latents.data,
  ];
  const { noise, cond } = inputs;
  const other = { noise: turned(noise), cond: inputs.uncond ?? mapped(cond, turned) };
  const alone = [...(await run({ noise, cond })), ...(await run(other))];
  const together = await run({
    noise: pair(noise, other.noise),
    cond: mapped(cond, (tensor, key) => pair(tensor, other.cond[key] as Tensor)),
  });
  await engine.dispose();
  expect(together).toHaveLength(alone.length);
  for (const [index, value] of alone.entries()) expect(together[index]).toBeCloseTo(value, 4);
});

test.each([
  ["chroma-masked", "patch_size", 2],
  ["chroma-masked", "in_channels", 10],
  ["chroma-masked", "out_channels", 16],
  ["chroma-masked", "axes_dims_rope", [4, 4, 2]],
  ["chroma-masked", "axes_dims_rope", [12]],
  ["chroma-masked", "approximator_num_channels", 12],
  ["chroma-masked", "guidance_embeds", true],
  ["flux2-klein", "patch_size", 2],
  ["flux2-klein", "axes_dims_rope", [2, 2, 4]],
  ["flux2-klein", "axes_dims_rope", [1, 3, 2, 2]],
  ["flux2-klein", "timestep_guidance_channels", 31],
  ["flux2-klein", "mlp_ratio", 0],
  ["flux2-klein", "pooled_projection_dim", 8],
  ["z-image-bare", "siglip_feat_dim", 8],
  ["z-image-bare", "all_patch_size", [4]],
  ["z-image-bare", "all_f_patch_size", [2]],
  ["z-image-bare", "axes_dims", [4, 6, 8]],
  ["z-image-bare", "axes_lens", [128, 16]],
  ["z-image-bare", "norm_eps", 0],
  ["z-image-bare", "guidance_embeds", true],
] as const)("%s with %s = %j is refused by that name", async (name, field, value) => {
  const folder = fixtureFolder(`networks/${name}/transformer`);
  const config = { ...JSON.parse(readFileSync(`${folder}/config.json`, "utf8")), [field]: value };
  const { build } = await architectureOf(config);
  const geometry = { clips: 1, channels: 3, frames: 1, height: 4, width: 4, tokens: 2 };
  const error = engineError("model-config", () => build(config, weightStore(new Map()), geometry));
  expect(error.message).toContain(`config.json has ${field} = `);
});

// What released models say beside their classes' defaults, and the blocks that follow.
test.each([
  ["ChromaTransformer2DModel", { guidance_embeds: false, out_channels: null, pooled_projection_dim: 768 }, 16, 57],
  ["Flux2Transformer2DModel", { mlp_ratio: 3.0, axes_dims_rope: [32, 32, 32, 32], rope_theta: 2000 }, 32, 56],
  ["Flux2Transformer2DModel", { num_layers: 5, num_single_layers: 20, num_attention_heads: 24 }, 32, 25],
  ["ZImageTransformer2DModel", { axes_lens: [1536, 512, 512], n_kv_heads: 30, norm_eps: 1e-5 }, 16, 30],
] as const)("%s with %j is read", async (name, fields, channels, depth) => {
  const config = { _class_name: name, ...fields };
  const { shape, build } = await architectureOf(config);
  expect(shape(config)).toEqual({ channels, frames: 1, height: 128, width: 128 });
  const geometry = { clips: 1, channels, frames: 1, height: 128, width: 128, tokens: 512 };
  expect(build(config, weightStore(new Map()), geometry).sites.depth).toBe(depth);
});

describe("z-image", () => {
  const { folder, inputs } = readReal("z-image-masked", "networks");
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ model: folder, backend: "wasm" });
  });
  afterAll(() => engine.dispose());
  const mask = (rows: number, ...ones: readonly number[]): Tensor => ({
    dims: [1, rows],
    data: Float32Array.from({ length: rows }, (_, row) => (ones.includes(row) ? 1 : 0)),
  });
  const long: Tensor = { dims: [1, 40, 10], data: new Float32Array(400).fill(0.3) };
  const first = (count: number) => mask(40, ...Array(count).keys());

  test.each([0, 0.5, 1])("takes a guidance of %d for one pass, as its pipeline does", async (guidance) => {
    const { noise, cond } = inputs;
    const { trace } = await engine.generate({ steps: 1, guidance, inputs: { noise, cond } });
    expect(trace.guidance).toBe(1);
  });

  test.each([
    ["a mask with a gap", { text: inputs.cond.text, mask: mask(9, 0, 1, 3) }, "none of ones followed by zeros"],
    ["a text that fills up to fewer rows", { text: long, mask: first(9) }, "has 9 rows of 40"],
    ["a text beyond its positions", { text: { ...long, dims: [1, 80, 5] } }, "80 rows of text"],
  ])("%s is refused", async (_, cond, message) => {
    const run = engine.generate({ steps: 1, guidance: 1, inputs: { ...inputs, cond: cond as Tensors } });
    expect((await engineRejection("input-invalid", run)).message).toContain(message);
  });

  test("texts that fill up to other numbers of rows are refused with guidance alone", async () => {
    const both = { noise: inputs.noise, cond: { text: long, mask: first(35) }, uncond: { text: long, mask: first(3) } };
    const run = engine.generate({ steps: 1, guidance: 2, inputs: both });
    expect((await engineRejection("input-invalid", run)).message).toContain("uncond has 3 rows of 40");
    const { trace } = await engine.generate({ steps: 1, guidance: 1, inputs: both });
    expect(trace.steps).toBe(1);
  });
});
