import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { cardFromConfig } from "../../src/engine/cards/build.js";
import { cardFromJson, cardToJson } from "../../src/engine/cards/card-from-json.js";
import { flopsByKind, totalFlops } from "../../src/engine/cards/flops.js";
import { cardNames, modelCard } from "../../src/engine/cards/index.js";
import { countRows, isRows } from "../../src/engine/cards/rows.js";
import { cardTimesteps } from "../../src/engine/cards/timesteps.js";
import { tokensOf } from "../../src/engine/cards/tokens.js";
import { engineError } from "../error.js";

interface Counted {
  readonly model: string;
  readonly latent: readonly [number, number, number];
  readonly text: number;
  readonly countedTflop: number;
  readonly parameters: number;
}

// counted-more.json is written by scripts/count-flops.py.
const counted: readonly Counted[] = ["counted", "counted-more"].flatMap((name) =>
  JSON.parse(readFileSync(`tests/fixtures/planner/${name}.json`, "utf8")),
);
const steps = readFileSync("tests/fixtures/planner/step-flops.csv", "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => line.split(","));

describe("operations of a pass", () => {
  test.each(counted)("of $model are what torch's FlopCounterMode counts on its class", (row) => {
    const card = modelCard(row.model);
    const [frames, height, width] = row.latent;
    const { space, time, chunk, rest = [0, 0] } = card.latent;
    const inFrames = chunk ? ((frames - rest[1]) / chunk[1]) * chunk[0] + rest[0] : (frames - 1) * time + 1;
    const size = { frames: inFrames, height: height * space, width: width * space };
    const flops = flopsByKind(card, { ...tokensOf(card, size), L: row.text });
    const tflop = [...flops.values()].reduce((sum, one) => sum + totalFlops(one), 0) / 1e12;
    // HunyuanVideo-1.5 refines 1000 of its 1256 text rows; the rest, of a second encoder, go through another projection.
    // A card has one kind of text rows.
    const most = row.model === "HunyuanVideo-1.5" ? 4.1e-5 : 1e-5;
    expect(Math.abs(tflop / row.countedTflop - 1)).toBeLessThan(most);
    expect(card.parameters).toBe(row.parameters);
  });

  test.each(steps)("%s %s: %s", (name, size, kind, products, attention) => {
    const card = modelCard(name as string);
    const [frames, height, width] = (size as string).split("×").map(Number) as [number, number, number];
    const flops = flopsByKind(card, tokensOf(card, { frames, height, width }));
    const found = flops.get(kind as never);
    expect(Math.abs((found?.products ?? 0) - Number(products) * 1e12)).toBeLessThanOrEqual(
      1e-5 * Number(products) * 1e12,
    );
    expect(Math.abs((found?.attention ?? 0) - Number(attention) * 1e12)).toBeLessThanOrEqual(
      1e-5 * Number(attention) * 1e12,
    );
  });
});

test("rows that fill up Z-Image's image and text are counted, as FlopCounterMode counts them", () => {
  const config = "tests/fixtures/networks/z-image-masked/transformer/config.json";
  const card = { ...cardFromConfig(JSON.parse(readFileSync(config, "utf8"))), text: 7 };
  const tokens = tokensOf(card, { width: 96, height: 64, frames: 1 });
  expect(tokens).toMatchObject({ N: 32, L: 32, S: 24 });
  const all = [...flopsByKind(card, tokens).values()];
  expect(all.reduce((sum, { products }) => sum + products, 0)).toBe(4_221_056);
  expect(tokensOf(modelCard("Z-Image"), { width: 1008, height: 1008, frames: 1 }).N).toBe(4000); // 63 · 63 = 3969
});

describe("a card", () => {
  test.each(cardNames)("%s survives being written and read", (name) => {
    const card = modelCard(name);
    expect(cardFromJson(JSON.parse(JSON.stringify(cardToJson(card))))).toEqual(card);
    for (const size of card.sizes) expect(tokensOf(card, size).N).toBeGreaterThan(0);
  });

  test("is found whatever its case, and a slip names the nearest", () => {
    expect(modelCard("wan2.1-14b").name).toBe("Wan2.1-14B");
    const error = engineError("card-unknown", () => modelCard("wan 14b"));
    expect(error.hint).toContain("Wan2.1-14B");
  });

  const flux = cardToJson(modelCard("FLUX.1-dev"));
  const [group] = flux.blocks;
  test.each([
    ["parameters", { ...flux, parameters: -1 }],
    ["guidance", { ...flux, guidance: "sometimes" }],
    ["latent.space", { ...flux, latent: { ...flux.latent, space: 0.5 } }],
    ["blocks[0].repeat", { ...flux, blocks: [{ ...group, repeat: 0 }] }],
    ["blocks[0].stream[0][0]", { ...flux, blocks: [{ ...group, stream: [["N-L", 3072]] }] }],
    [
      "blocks[0].sublayers[0].out",
      { ...flux, blocks: [{ ...group, sublayers: [{ kind: "feed-forward", site: "ff", linears: [] }] }] },
    ],
    ["outside[0].linears[0]", { ...flux, outside: [{ kind: "head", linears: [["N", 64]] }] }],
    ["timesteps.kind", { ...flux, timesteps: { kind: "karras" } }],
    ["weights", { ...flux, weights: 1 }],
    ["blocks", { ...flux, blocks: Array.from({ length: 100 }, () => ({ ...group, repeat: 1000 })) }],
    ["version", { ...flux, version: 2 }],
  ])("is refused by the name of its field %s", (field, json) => {
    const error = engineError("card-invalid", () => cardFromJson(json));
    expect(error.message).toContain(`has ${field} = `);
  });

  test("of a config.json has the class's usual run, and a class without a builder is refused", () => {
    const card = cardFromConfig({
      _class_name: "WanTransformer3DModel",
      num_layers: 30,
      num_attention_heads: 12,
      ffn_dim: 8960,
    });
    expect(card.blocks).toEqual(modelCard("Wan2.1-1.3B").blocks);
    engineError("model-unknown", () => cardFromConfig({ _class_name: "UNet2DConditionModel" }));
    expect(
      engineError("model-config", () => cardFromConfig({ _class_name: "WanTransformer3DModel", num_layers: "many" }))
        .message,
    ).toContain("num_layers");
  });

  test.each([
    ["HunyuanVideoTransformer3DModel", "num_refiner_layers"],
    ["ZImageTransformer2DModel", "n_refiner_layers"],
    ["Kandinsky5Transformer3DModel", "num_text_blocks"],
  ])("of a %s counts at most a thousand %s", (_class_name, field) => {
    const { message } = engineError("model-config", () => cardFromConfig({ _class_name, [field]: 1_000_000 }));
    expect(message).toContain(`${field} = 1000000; expected a whole number from`);
  });
});

describe("rows", () => {
  const tokens = { N: 100, L: 7, T: 4, S: 25, I: 3 };
  test.each([
    ["N", 100],
    ["N+L", 107],
    ["T*L", 28],
    ["N+T*L+1", 129],
    ["1+1+1", 3],
  ])("%s are %i", (rows, count) => {
    expect(isRows(rows)).toBe(true);
    expect(countRows(rows, tokens)).toBe(count);
  });

  test.each(["", "N+", "2", "N-L", "(N)", "N*", "X", "N L", "constructor", "N**L"])("%j are none", (rows) => {
    expect(isRows(rows)).toBe(false);
  });
});

describe("sizes", () => {
  test.each([
    ["FLUX.1-dev", { width: 1000, height: 1024, frames: 1 }, "The nearest are 992 and 1008."],
    ["FLUX.1-dev", { width: 1024, height: 1024, frames: 5 }, "Leave the frames out."],
    ["Wan2.1-14B", { width: 832, height: 480, frames: 80 }, "The nearest are 77 and 81."],
    ["Open-Sora-1.2", { width: 848, height: 480, frames: 50 }, "The nearest are 34 and 51."],
    ["MiniMax-H3", { width: 1344, height: 768, frames: 120 }, "The nearest are 107 and 124."],
    ["Wan2.2-TI2V-5B", { width: 1280, height: 720, frames: 121 }, "The nearest are 704 and 736."],
  ])("%s refuses %j and names the nearest", (name, size, hint) => {
    const error = engineError("input-invalid", () => tokensOf(modelCard(name), size));
    expect(error.hint).toBe(hint);
  });

  test("sound has rows beside the video, by its length", () => {
    expect(tokensOf(modelCard("LTX-2"), { width: 768, height: 512, frames: 121 })).toMatchObject({ N: 6144, I: 126 });
    expect(tokensOf(modelCard("MiniMax-H3"), { width: 832, height: 480, frames: 124 })).toMatchObject({
      ...{ T: 37, N: 14_430 },
      I: 414,
    });
  });

  test("a temporal patch that does not divide is filled up", () => {
    expect(tokensOf(modelCard("CogVideoX1.5-5B"), { width: 1360, height: 768, frames: 81 })).toMatchObject({
      T: 11,
      N: 44_880,
    });
  });
});

test("timesteps are those that the pipelines pass", () => {
  expect(cardTimesteps(modelCard("CogVideoX-5b").timesteps, 50, 0).slice(0, 2)).toEqual([999, 979]);
  expect(cardTimesteps(modelCard("Latte-1").timesteps, 50, 0).slice(-2)).toEqual([20, 0]);
  // FlowMatchEulerDiscreteScheduler(shift=3).set_timesteps(sigmas=[1, 0.75, 0.5, 0.25]) of diffusers 0.42.1
  expect(cardTimesteps({ kind: "flow", shift: 3 }, 4, 0)).toEqual([1000, 900, 750, 500]);
  // Without sigmas: FlowMatchEulerDiscreteScheduler(shift=5) and UniPCMultistepScheduler(flow_shift=3 and 12, flow sigmas).
  const kandinsky = cardTimesteps({ kind: "flow", shift: 5, laid: "euler" }, 4, 0);
  for (const [at, timestep] of [1000, 909.7071533203125, 717.3174438476562, 24.414066314697266].entries())
    expect(kandinsky[at]).toBeCloseTo(timestep, 3);
  expect(cardTimesteps(modelCard("Wan2.1-1.3B").timesteps, 4, 0)).toEqual([999, 900, 750, 500]);
  expect(cardTimesteps(modelCard("Wan2.2-A14B").timesteps, 40, 0).slice(24, 28)).toEqual([889, 878, 866, 852]);
  const mochi = cardTimesteps(modelCard("Mochi-1").timesteps, 64, 0);
  expect(mochi[32]).toBeCloseTo(975, 6);
  engineError("input-invalid", () => cardTimesteps({ kind: "flow", shift: 3 }, 0, 0));
});
