import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { architectureOf } from "../../src/engine/architectures/index.js";
import { latte } from "../../src/engine/architectures/latte.js";
import { readSafetensors } from "../../src/engine/files/safetensors.js";
import { weightStore } from "../../src/engine/graph/weights.js";
import { positions2d, timestepEmbedding } from "../../src/engine/models/embeddings.js";
import { fixtureFolder } from "../golden/fixture.js";

const folder = `${fixtureFolder("latte-a")}/transformer`;
const config = JSON.parse(readFileSync(`${folder}/config.json`, "utf8"));
const checkpoint = readSafetensors(readFileSync(`${folder}/diffusion_pytorch_model.safetensors`));
const geometry = { clips: 1, channels: 3, frames: 4, height: 16, width: 16, tokens: 5 };
const build = (changes: object, weights = new Map(checkpoint)) =>
  latte({ ...config, ...changes }, weightStore(weights), geometry);

test("sites are named as diffusers names its modules, in the order of execution", () => {
  const { sites } = build({});
  expect(
    sites
      .all()
      .map(({ id }) => id)
      .slice(0, 5),
  ).toEqual([
    "transformer_blocks.0.attn1",
    "transformer_blocks.0.attn2",
    "transformer_blocks.0.ff",
    "temporal_transformer_blocks.0.attn1",
    "temporal_transformer_blocks.0.ff",
  ]);
  expect(sites.depth).toBe(4);
  expect(() => sites.blocks(4)).toThrow(expect.objectContaining({ code: "site-missing" }));
});

describe("a checkpoint that cannot be right is refused by name", () => {
  test.each([
    ["norm_type", "layer_norm"],
    ["activation_fn", "geglu"],
    ["num_layers", 0],
    ["attention_head_dim", 15.5],
    ["cross_attention_dim", 64],
    ["out_channels", 6],
    ["norm_elementwise_affine", true],
    ["caption_channels", null],
  ])("%s = %s", (field, value) => {
    expect(() => build({ [field]: value })).toThrow(
      expect.objectContaining({ code: "model-config", message: expect.stringContaining(field) }),
    );
  });

  test("a weight that is missing", () => {
    const weights = new Map(checkpoint);
    weights.delete("transformer_blocks.1.attn2.to_k.bias");
    expect(() => build({}, weights)).toThrow(
      expect.objectContaining({
        code: "weight-missing",
        message: expect.stringContaining("transformer_blocks.1.attn2.to_k.bias"),
      }),
    );
  });

  test("a weight of another shape", () => {
    expect(() => build({ caption_channels: 25 })).toThrow(
      expect.objectContaining({ code: "weight-shape", message: expect.stringContaining("[32, 24]") }),
    );
  });

  test.each([[{ _class_name: "UNet2DConditionModel" }], [{}], [null], ["text"], [{ _class_name: "toString" }]])(
    "architecture %j",
    async (json) => {
      await expect(architectureOf(json)).rejects.toThrow(expect.objectContaining({ code: "model-unknown" }));
    },
  );
});

test("timestep embedding: cosines then sines, products rounded to float32", () => {
  const { dims, data } = timestepEmbedding(999, 256);
  expect(dims).toEqual([1, 256]);
  expect(data[0]).toBeCloseTo(Math.cos(999), 6);
  expect(data[128]).toBeCloseTo(Math.sin(999), 6);
});

test("positions: the column in the first half, the row in the second, stretched to the grid of training", () => {
  const { data } = positions2d(2, 4, 8, { base: 4, scale: 1 });
  const at = (row: number, column: number) => [...data.slice((row * 4 + column) * 8, (row * 4 + column + 1) * 8)];
  expect(at(0, 3)[0]).toBeCloseTo(Math.sin(3), 6);
  expect(at(1, 0)[4]).toBeCloseTo(Math.sin(2), 6); // two rows over a base of four: the second lies at 2
  expect(at(0, 0)).toEqual([0, 0, 1, 1, 0, 0, 1, 1]);
});
