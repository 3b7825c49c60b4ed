import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { architectureOf } from "../../src/engine/architectures/index.js";
import type { RunInputs } from "../../src/engine/engine.js";
import { weightStore } from "../../src/engine/graph/weights.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import type { Tensor } from "../../src/engine/tensor.js";
import { engineError } from "../error.js";
import { fixtureFolder } from "./fixture.js";
import { readReal } from "./real.js";

// Several pictures at once, and configurations that their graphs do not cover.

const networks = ["chroma-masked", "flux2-dev", "flux2-klein", "ltx-masked", "mochi-masked"] as const;

/** Values of `tensor`, then those of another: its own in reverse. */
const doubled = ({ dims, data }: Tensor): Tensor => ({
  dims: [2, ...dims.slice(1)],
  data: Float32Array.from([...data, ...data.toReversed()]),
});
const both = (tensors: Readonly<Record<string, Tensor>>) =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, doubled(tensor)]));
const second = (tensors: Readonly<Record<string, Tensor>>) =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { dims, data }]) => [name, { dims, data: data.toReversed() }]),
  );

test.each(networks)("%s makes of two pictures what two runs make", async (name) => {
  const { folder, inputs } = readReal(name, "networks");
  const engine = await createEngine({ model: folder, backend: "wasm" });
  const run = async (of: RunInputs) => [
    ...(await engine.generate({ steps: 2, guidance: 1, inputs: of, predictions: true })).latents.data,
  ];
  const { noise } = second({ noise: inputs.noise }) as { noise: Tensor };
  const alone = [...(await run(inputs)), ...(await run({ noise, cond: second(inputs.cond) }))];
  const together = await run({ noise: doubled(inputs.noise), cond: both(inputs.cond) });
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
] as const)("%s with %s = %j is refused by that name", async (name, field, value) => {
  const folder = fixtureFolder(`networks/${name}/transformer`);
  const config = { ...JSON.parse(readFileSync(`${folder}/config.json`, "utf8")), [field]: value };
  const { build } = await architectureOf(config);
  const geometry = { clips: 1, channels: 3, frames: 1, height: 4, width: 4, tokens: 2 };
  const error = engineError("model-config", () => build(config, weightStore(new Map()), geometry));
  expect(error.message).toContain(`config.json has ${field} = `);
});
