import type { GraphBuilder, GraphValue } from "../graph/builder.js";
import { expectShape, type WeightStore } from "../graph/weights.js";
import type { Site, SiteKind } from "../method.js";
import { timestepEmbedding } from "../models/embeddings.js";
import type { Geometry, Model, Part, Stream } from "../models/model.js";
import { quarterTurn, rotaryTables } from "../models/rotary.js";
import { type Span, siteMap } from "../models/sites.js";
import { tapsOf } from "../models/taps.js";
import type { Architecture } from "./architecture.js";
import { fluxConfig, fluxWeights } from "./flux-config.js";
import { fluxPositions, packedGrid, packedLatents } from "./kit/packed-latents.js";
import { toldGuidance } from "./kit/told-guidance.js";

// B clips, N packed latents, T text rows, S = T + N, D width, H heads of E. Two streams: "x" [B, N, D], "context" [B, T, D].

/**
 * FluxTransformer2DModel of diffusers (FLUX.1, Black Forest Labs 2024): dual-stream blocks in which image and text have
 * their own weights and attend jointly, then single-stream blocks over both; rotary positions; adaLN from timestep and
 * pooled text. Latents are packed into
 * tokens as FluxPipeline packs them, 2×2, or in larger squares where they have fewer channels.
 *
 * @throws EngineError "model-config", "weight-missing", "weight-shape", "input-invalid"
 */
export const flux = (json: unknown, weights: WeightStore, geometry: Geometry): Model => {
  const config = fluxConfig(json);
  const { heads: H, headWidth: E, width: D, inChannels } = config;
  const { clips: B, height, width, tokens: T } = geometry;
  const { rows, columns, count: N, volume } = packedGrid(inChannels, geometry);
  const S = T + N;
  for (const [name, dims] of fluxWeights(config)) expectShape(weights, name, dims);
  const key = `${rows}×${columns}+${T}`;
  const tables = rotaryTables(fluxPositions(T, rows, columns), config.ropeAxes);
  weights.define(`rotary cos ${key}`, () => tables.cos); // [1, S, 1, E]
  weights.define(`rotary sin ${key}`, () => tables.sin);
  weights.define("rotary turn", () => quarterTurn(E));
  weights.define("ones", () => ({ dims: [D], data: new Float32Array(D).fill(1) }));
  weights.define("zeros", () => ({ dims: [D], data: new Float32Array(D) }));

  const parts: Part[] = [];
  const subLayers: Site[] = [];
  const blocks: Span[] = [];
  const part = (id: string, emit: (g: GraphBuilder, stream: Stream) => void): number => parts.push({ id, emit });
  const site = (
    id: string,
    kind: SiteKind,
    values: readonly string[],
    emit: (g: GraphBuilder, stream: Stream) => void,
  ): void => {
    const from = parts.length;
    part(id, emit);
    subLayers.push({ id, kind, from, to: parts.length, values, keeps: "value" });
  };

  part("time_text_embed", (g, stream) => {
    const embed = (name: string, x: GraphValue): GraphValue =>
      g.linear(g.silu(g.linear(x, `time_text_embed.${name}.linear_1`)), `time_text_embed.${name}.linear_2`);
    const time = embed("timestep_embedder", stream.get("timestep"));
    const timed = config.guidanceEmbeds ? g.add(time, embed("guidance_embedder", stream.get("guidance"))) : time;
    stream.set("silu(temb)", g.silu(g.add(timed, embed("text_embedder", stream.get("pooled"))))); // [B, D]
  });
  part("embedders", (g, stream) => {
    stream.set("x", g.linear(stream.get("latents"), "x_embedder"));
    stream.set("context", g.linear(stream.get("text"), "context_embedder"));
  });

  /** The rows of a block's modulation for this timestep, each [D], or [B, 1, D] where clips have their own. */
  const modulation = (g: GraphBuilder, stream: Stream, name: string, count: number): readonly GraphValue[] =>
    g.once(name, () => {
      const table = g.reshape(g.linear(stream.get("silu(temb)"), `${name}.linear`), [B, count, D]);
      const dims = B === 1 ? [D] : [B, 1, D];
      return Array.from({ length: count }, (_, row) => g.reshape(g.slice(table, 1, row, row + 1), dims));
    });
  const normed = (g: GraphBuilder, x: GraphValue, shift: GraphValue, scale: GraphValue): GraphValue => {
    const more = g.add(scale, g.scalar(1));
    if (B === 1) return g.layerNorm(x, more, shift, 1e-6);
    return g.add(g.mul(g.layerNorm(x, g.weight("ones"), g.weight("zeros"), 1e-6), more), shift);
  };
  const headsOf = (g: GraphBuilder, x: GraphValue, projection: string, norm?: string): GraphValue => {
    const projected = g.linear(x, projection);
    const split = g.reshape(projected, [B, projected.dims[1] as number, H, E]);
    return norm ? g.rmsNorm(split, g.weight(`${norm}.weight`), 1e-6) : split;
  };
  const turned = (g: GraphBuilder, x: GraphValue): GraphValue =>
    g.add(
      g.mul(x, g.weight(`rotary cos ${key}`)),
      g.mul(g.matmul(x, g.weight("rotary turn")), g.weight(`rotary sin ${key}`)),
    );
  const attend = (g: GraphBuilder, q: GraphValue, k: GraphValue, v: GraphValue): GraphValue => {
    const flat = (x: GraphValue): GraphValue => g.reshape(x, [B, S, D]);
    return g.attention(flat(turned(g, q)), flat(turned(g, k)), flat(v), H);
  };
  const feedForward = (g: GraphBuilder, x: GraphValue, id: string): GraphValue =>
    g.linear(g.gelu(g.linear(x, `${id}.net.0.proj`), "tanh"), `${id}.net.2`);

  const dualBlock = (id: string): void => {
    const from = parts.length;
    const rowsOf = (g: GraphBuilder, stream: Stream) => {
      const take = (name: string) =>
        modulation(g, stream, `${id}.${name}`, 6) as [
          GraphValue,
          GraphValue,
          GraphValue,
          GraphValue,
          GraphValue,
          GraphValue,
        ];
      return { image: take("norm1"), text: take("norm1_context") };
    };
    part(`${id}.attn.input`, (g, stream) => {
      const { image, text } = rowsOf(g, stream);
      stream.set(`${id}.attn.input`, normed(g, stream.get("x"), image[0], image[1]));
      stream.set(`${id}.attn.input.context`, normed(g, stream.get("context"), text[0], text[1]));
    });
    site(`${id}.attn`, "spatial-attention", [`${id}.attn`, `${id}.attn.context`], (g, stream) => {
      const [x, context] = [stream.get(`${id}.attn.input`), stream.get(`${id}.attn.input.context`)];
      const joined = (added: string, own: string, norms?: readonly [string, string]): GraphValue =>
        g.concat(
          [
            headsOf(g, context, `${id}.attn.${added}`, norms && `${id}.attn.${norms[0]}`),
            headsOf(g, x, `${id}.attn.${own}`, norms && `${id}.attn.${norms[1]}`),
          ],
          1,
        ); // prettier-ignore
      const out = attend(
        g,
        joined("add_q_proj", "to_q", ["norm_added_q", "norm_q"]),
        joined("add_k_proj", "to_k", ["norm_added_k", "norm_k"]),
        joined("add_v_proj", "to_v"),
      );
      stream.set(`${id}.attn`, g.linear(g.slice(out, 1, T, S), `${id}.attn.to_out.0`));
      stream.set(`${id}.attn.context`, g.linear(g.slice(out, 1, 0, T), `${id}.attn.to_add_out`));
    });
    part(`${id}.attn.merge`, (g, stream) => {
      const { image, text } = rowsOf(g, stream);
      stream.set("x", g.add(stream.get("x"), g.mul(image[2], stream.get(`${id}.attn`))));
      stream.set("context", g.add(stream.get("context"), g.mul(text[2], stream.get(`${id}.attn.context`))));
    });
    for (const [name, value, side] of [
      ["ff", "x", "image"],
      ["ff_context", "context", "text"],
    ] as const) {
      // prettier-ignore
      site(`${id}.${name}`, "feed-forward", [`${id}.${name}`], (g, stream) => {
        const modulated = rowsOf(g, stream)[side];
        stream.set(
          `${id}.${name}`,
          feedForward(g, normed(g, stream.get(value), modulated[3], modulated[4]), `${id}.${name}`),
        );
      });
      part(`${id}.${name}.merge`, (g, stream) =>
        stream.set(value, g.add(stream.get(value), g.mul(rowsOf(g, stream)[side][5], stream.get(`${id}.${name}`)))),
      );
    }
    blocks.push({ from, to: parts.length });
  };

  const singleBlock = (id: string): void => {
    const from = parts.length;
    const rowsOf = (g: GraphBuilder, stream: Stream) =>
      modulation(g, stream, `${id}.norm`, 3) as [GraphValue, GraphValue, GraphValue];
    const joined = (g: GraphBuilder, stream: Stream): GraphValue =>
      g.once(`${id} joined`, () => g.concat([stream.get("context"), stream.get("x")], 1)); // [B, S, D]
    part(`${id}.input`, (g, stream) => {
      const [shift, scale] = rowsOf(g, stream);
      stream.set(`${id}.input`, normed(g, joined(g, stream), shift, scale));
    });
    site(`${id}.proj_mlp`, "feed-forward", [`${id}.proj_mlp`], (g, stream) =>
      stream.set(`${id}.proj_mlp`, g.linear(stream.get(`${id}.input`), `${id}.proj_mlp`)),
    );
    site(`${id}.attn`, "spatial-attention", [`${id}.attn`], (g, stream) => {
      const of = (projection: string, norm?: string) =>
        headsOf(g, stream.get(`${id}.input`), `${id}.attn.${projection}`, norm && `${id}.attn.${norm}`); // prettier-ignore
      stream.set(`${id}.attn`, attend(g, of("to_q", "norm_q"), of("to_k", "norm_k"), of("to_v")));
    });
    part(`${id}.merge`, (g, stream) => {
      const hidden = g.concat([stream.get(`${id}.attn`), g.gelu(stream.get(`${id}.proj_mlp`), "tanh")], 2); // [B, S, 5·D]
      const out = g.add(joined(g, stream), g.mul(rowsOf(g, stream)[2], g.linear(hidden, `${id}.proj_out`)));
      stream.set("context", g.slice(out, 1, 0, T));
      stream.set("x", g.slice(out, 1, T, S));
    });
    blocks.push({ from, to: parts.length });
  };

  for (let layer = 0; layer < config.dualLayers; layer++) dualBlock(`transformer_blocks.${layer}`);
  for (let layer = 0; layer < config.singleLayers; layer++) singleBlock(`single_transformer_blocks.${layer}`);
  part("proj_out", (g, stream) => {
    const [scale, shift] = modulation(g, stream, "norm_out", 2) as [GraphValue, GraphValue];
    stream.set("prediction", g.linear(normed(g, stream.get("x"), shift, scale), "proj_out")); // [B, N, C]
  });

  const [first] = subLayers;
  const modulatedInput = first
    ? { value: config.dualLayers > 0 ? `${first.id}.input` : "single_transformer_blocks.0.input", after: first.from }
    : { value: "x", after: 2 };
  const conditions = [
    { name: "text", dims: [B, T, config.textChannels] },
    { name: "pooled", dims: [B, config.pooledChannels] },
    ...(config.guidanceEmbeds ? [{ name: "guidance", dims: [B, 256] }] : []),
  ];
  return {
    architecture: "FluxTransformer2DModel",
    key: `flux ${B}×${height}×${width}+${T}`,
    parameters: weights.parameters,
    parts,
    sites: siteMap({
      subLayers,
      blocks,
      stream: ["x", "context"],
      last: ["x"],
      parts: parts.length,
      output: "prediction",
    }),
    tap: tapsOf({
      architecture: "FluxTransformer2DModel",
      stream: "x",
      blocks,
      subLayers,
      parts: parts.length,
      modulatedInput,
      timestepEmbedding: { value: "silu(temb)", after: 1 },
    }),
    inputs: [{ name: "latents", dims: [B, N, inChannels] }, { name: "timestep", dims: [1, 256] }, ...conditions],
    volume,
    conditions,
    output: "prediction",
    weights,
    // diffusers hands the model timestep / 1000 in float32, and the model multiplies by 1000 again.
    embedTimestep: (timestep) => timestepEmbedding(Math.fround(Math.fround(timestep / 1000) * 1000), 256),
  };
};

export const architecture: Architecture = {
  ...packedLatents((json) => fluxConfig(json).inChannels),
  ...toldGuidance((json) => (fluxConfig(json).guidanceEmbeds ? 256 : undefined)),
  build: flux,
};
