import { expect, test } from "vitest";
import { architectureOf } from "../../src/engine/architectures/index.js";
import { cardFromConfig } from "../../src/engine/cards/build.js";
import type { ModelCard, Work } from "../../src/engine/cards/card.js";
import { cardFromJson, cardToJson } from "../../src/engine/cards/card-from-json.js";
import { totalFlops } from "../../src/engine/cards/flops.js";
import { cardNetwork } from "../../src/engine/cards/network.js";
import { type GraphBuilder, type GraphValue, graphBuilder } from "../../src/engine/graph/builder.js";
import { weightStore } from "../../src/engine/graph/weights.js";
import { openFiles } from "../../src/engine/models/files.js";
import { loadCheckpoint } from "../../src/engine/run/checkpoint.js";
import { readFixture } from "../golden/fixture.js";
import { readReal } from "../golden/real.js";

// What the engine's own graphs multiply, operator by operator, against the formula of a card made from the same config.json.

const numbers = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1);

/** The builder, and the operations of what it writes. Rotary turns, which diffusers does without products, are left out. */
const counting = (g: GraphBuilder) => {
  let flops = 0;
  const last = ({ dims }: GraphValue): number => dims.at(-1) as number;
  const builder: GraphBuilder = {
    ...g,
    node(type, reads, dims, attributes, domain) {
      if (type === "Conv") flops += 2 * numbers(dims) * numbers((reads[1] as GraphValue).dims.slice(1));
      return g.node(type, reads, dims, attributes, domain);
    },
    linear(x, prefix, bias) {
      const y = g.linear(x, prefix, bias);
      flops += 2 * numbers(y.dims) * last(x);
      return y;
    },
    matmul(a, b) {
      const y = g.matmul(a, b);
      if (!/turn/.test(b.name)) flops += 2 * numbers(y.dims) * last(a);
      return y;
    },
    attention(q, k, v, heads, bias) {
      flops += 2 * numbers(q.dims) * (k.dims.at(-2) as number) + 2 * numbers(q.dims) * (v.dims.at(-2) as number);
      return g.attention(q, k, v, heads, bias);
    },
  };
  return { builder, flops: () => flops };
};

/**
 * Where the engine does a product once that diffusers repeats: keys and values of a clip's text, DiT's last embedding. Of
 * Z-Image it embeds and reads out no rows that only fill up: there are T · S of the image and I of the text.
 */
const inTheEngine = (card: ModelCard): ModelCard => {
  if (card.class === "LatteTransformer3DModel")
    return cardFromJson(JSON.parse(JSON.stringify(cardToJson(card)).replaceAll('"T*L"', '"L"')));
  if (card.class === "ZImageTransformer2DModel") {
    const own = { N: "T*S", L: "I", "N+L": "T*S" };
    const [embed, ...rest] = card.outside as [Work, ...Work[]];
    const of = (work: Work): Work => ({
      ...work,
      linears: work.linears.map(([rows, ...widths]) => [own[rows as keyof typeof own] ?? rows, ...widths] as const),
    });
    return { ...card, outside: [of(embed), ...rest.map((work) => (work.kind === "head" ? of(work) : work))] };
  }
  if (card.class !== "DiTTransformer2DModel") return card;
  return {
    ...card,
    outside: card.outside.map((work) => (work.kind === "head" ? { ...work, linears: work.linears.slice(2) } : work)),
  };
};

test.each([
  ["latte-a", "a"],
  ["flux-a", "a"],
  ["cogvideox", "real"],
  ["dit", "real"],
  ["pixart", "real"],
  ["qwenimage", "real"],
  ["sd3", "real"],
  ["wan", "real"],
  ["chroma-deep", "networks"],
  ["chroma-masked", "networks"],
  ["cogvideox-deep", "networks"],
  ["cogvideox-rope", "networks"],
  ["dit-wide", "networks"],
  ["flux2-dev", "networks"],
  ["flux2-klein", "networks"],
  ["hunyuan-deep", "networks"],
  ["hunyuan-image", "networks"],
  ["hunyuan-told", "networks"],
  ["ltx-affine", "networks"],
  ["ltx-masked", "networks"],
  ["ltx-placed", "networks"],
  ["mochi-masked", "networks"],
  ["mochi-narrow", "networks"],
  ["pixart-bare", "networks"],
  ["pixart-sized", "networks"],
  ["sd3-dual", "networks"],
  ["wan-plain", "networks"],
  ["z-image-bare", "networks"],
  ["z-image-masked", "networks"],
] as const)("%s multiplies what its card says, part by part", async (name, room) => {
  const { folder, tensor } = room === "a" ? readFixture(name) : readReal(name, room);
  const { config, weights } = await loadCheckpoint(await openFiles(folder));
  const noise = tensor("noise").dims;
  const [, channels, frames, height, width] = (
    noise.length === 4 ? [...noise.slice(0, 2), 1, ...noise.slice(2)] : noise
  ) as [number, number, number, number, number];
  const text = 7;
  const geometry = { clips: 1, channels, frames, height, width, tokens: text };
  const model = (await architectureOf(config)).build(config, weightStore(weights), geometry);

  const values = new Map<string, GraphValue>();
  const g = graphBuilder(model.weights);
  const stream = {
    get: (id: string): GraphValue => {
      const input = [...model.inputs, ...model.conditions].find((one) => one.name === id);
      const found = values.get(id) ?? (input && g.input(id, input.dims));
      if (!found) throw new Error(`nobody wrote ${id}`);
      return found;
    },
    set: (id: string, value: GraphValue): void => void values.set(id, value),
  };
  const ours = model.parts.map((part) => {
    const { builder, flops } = counting(g);
    part.emit(builder, stream);
    return flops();
  });

  const card = inTheEngine(cardFromConfig(config));
  const [t, h, w] = card.patch;
  const [T, S] = [Math.ceil(frames / t), (height / h) * (width / w)];
  const whole = (rows: number): number => (card.filled ?? 1) * Math.ceil(rows / (card.filled ?? 1));
  const network = cardNetwork(card, { N: whole(T * S), L: whole(text), T, S, I: text });
  const said = network.parts.map(({ flops }) => totalFlops(flops));
  const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0);
  expect(sum(ours)).toBeGreaterThan(1e4);
  expect(sum(ours)).toBe(sum(said));
  for (const site of model.sites.all()) {
    const own = network.sites.all().find(({ id }) => id === site.id);
    expect(own?.kind, site.id).toBe(site.kind);
    // A skipped attention of diffusers makes no keys and values of the text; in the engine they are a site of their own.
    const text = model.sites.all("text-kv").find(({ id }) => id === `${site.id}.text`);
    const inside = sum(ours.slice(site.from, site.to)) + (text ? sum(ours.slice(text.from, text.to)) : 0);
    expect(inside, site.id).toBe(sum(said.slice(own?.from, own?.to)));
  }
  expect(network.sites.depth).toBe(model.sites.depth);
});
