import { EngineError } from "../errors.js";
import type { GraphBuilder, GraphValue } from "../graph/builder.js";
import type { WeightStore } from "../graph/weights.js";
import { timestepEmbedding } from "../models/embeddings.js";
import type { Geometry, Model, Stream } from "../models/model.js";
import { type Architecture, expectPatches, plain } from "./architecture.js";
import { type CogVideoXConfig, cogVideoXConfig, cogVideoXPositions, cogVideoXRope } from "./cogvideox-config.js";
import { type Layers, layersOf } from "./kit/layers.js";
import { networkKit, type SubLayer } from "./kit/network-kit.js";
import { layoutOf } from "./layouts.js";

/**
 * CogVideoXTransformer3DModel of diffusers (arXiv:2408.06072; 1.0 and 1.5): text and video run through the same weights
 * and attend jointly, each with rows of its own in every modulation. Streams: "x" [B, S, D], "context" [B, T, D].
 *
 * @throws EngineError "model-config", "weight-missing", "weight-shape", "input-invalid"
 */
const build = (json: unknown, weights: WeightStore, geometry: Geometry): Model => {
  const config = cogVideoXConfig(json);
  const { heads, headWidth, patch, deep, inChannels, outChannels, timeChannels, epsilon, affine } = config;
  const { clips: B, frames: F, height, width, tokens: T } = geometry;
  const D = heads * headWidth;
  const patches = [deep ?? 1, patch, patch] as const;
  expectPatches(geometry, patches);
  const grid = [F / patches[0], height / patch, width / patch] as const;
  const S = grid[0] * grid[1] * grid[2];
  const rope = config.rotary ? cogVideoXRope(weights, config, grid, T) : undefined;
  const positions = cogVideoXPositions(weights, config, grid, D);
  const { offsetChannels } = config;
  // The offset that CogVideoXImageToVideoPipeline gives to every clip is 2.
  if (offsetChannels) weights.define("offset", () => timestepEmbedding(2, offsetChannels, config));

  const layout = layoutOf(json);
  const { part, block, model } = networkKit(layout, weights);
  const layers = layersOf(weights);
  part("time_embedding", (g, stream) => {
    const time = layers.embedder(g, stream.get("timestep"), "time_embedding", timeChannels);
    const offset = offsetChannels && layers.embedder(g, g.weight("offset"), "ofs_embedding", timeChannels);
    stream.set("temb", g.silu(offset ? g.add(time, offset) : time));
  });
  part("patch_embed", (g, stream) => {
    const latents = stream.get("latents");
    const video = inChannels > outChannels ? g.concat([latents, stream.get("image")], 1) : latents;
    const tokens = layers.patches(g, video, "patch_embed.proj", D, patches, {
      bias: config.patchBias || deep !== undefined,
      saved: deep === undefined ? "2d" : "linear",
    });
    const text = layers.linear(g, stream.get("text"), "patch_embed.text_proj", D);
    const learned = config.learned ? learnedPositions(g, layers, config, geometry, S) : undefined;
    const own = positions === undefined ? learned && g.slice(learned, 1, T, T + S) : g.weight(positions);
    stream.set("x", own ? g.add(tokens, own) : tokens);
    stream.set("context", learned ? g.add(text, g.slice(learned, 1, 0, T)) : text);
  });

  /** Six rows: shift, scale and gate of the video, then of the text. */
  const rows = (g: GraphBuilder, stream: Stream, norm: string) => {
    const all = layers.modulation(g, stream.get("temb"), `${norm}.linear`, 6, D);
    const from = (first: number) => {
      const [shift, scale, gate] = all.slice(first) as [GraphValue, GraphValue, GraphValue];
      return { shift, scale, gate };
    };
    return { x: from(0), context: from(3) };
  };
  const around = (norm: string): Pick<SubLayer, "input" | "merge"> => ({
    input(g, stream) {
      const of = (which: "x" | "context") =>
        layers.modulated(
          g,
          stream.get(which),
          rows(g, stream, norm)[which],
          epsilon,
          affine ? `${norm}.norm` : undefined,
        );
      return [of("x"), of("context")];
    },
    merge(g, stream, [own, others]) {
      const { x, context } = rows(g, stream, norm);
      stream.set("x", g.add(stream.get("x"), g.mul(x.gate, own as GraphValue)));
      stream.set("context", g.add(stream.get("context"), g.mul(context.gate, others as GraphValue)));
    },
  });
  const joined = (g: GraphBuilder, stream: Stream, site: string): GraphValue =>
    g.concat([stream.get(`${site}.input.context`), stream.get(`${site}.input`)], 1);
  const parted = (g: GraphBuilder, all: GraphValue): readonly GraphValue[] => [
    g.slice(all, 1, T, T + S),
    g.slice(all, 1, 0, T),
  ];
  for (const one of layout.blocks)
    block(one, {
      attn1: {
        ...around(`${one.id}.norm1`),
        emit(g, stream, site) {
          const all = joined(g, stream, site);
          const of = (name: string, norm?: string): GraphValue =>
            layers.heads(
              g,
              all,
              { name: `${site}.${name}`, heads, width: headWidth, bias: config.bias },
              norm === undefined ? undefined : { kind: "layer-head", epsilon: 1e-6, name: `${site}.${norm}` },
            );
          const [q, k] = [layers.turned(g, of("to_q", "norm_q"), rope), layers.turned(g, of("to_k", "norm_k"), rope)];
          return parted(g, layers.linear(g, layers.attend(g, q, k, of("to_v")), `${site}.to_out.0`, D));
        },
      },
      ff: {
        ...around(`${one.id}.norm2`),
        emit(g, stream, site) {
          const { activation } = config;
          return parted(g, layers.feedForward(g, joined(g, stream, site), site, { activation }));
        },
      },
    });
  part("proj_out", (g, stream) => {
    const x = layers.layerNorm(g, stream.get("x"), epsilon, affine ? "norm_final" : undefined);
    const [shift, scale] = layers.modulation(g, stream.get("temb"), "norm_out.linear", 2, D) as [
      GraphValue,
      GraphValue,
    ];
    const normed = layers.modulated(g, x, { shift, scale }, epsilon, affine ? "norm_out.norm" : undefined);
    const out = layers.linear(g, normed, "proj_out", patch ** 2 * patches[0] * outChannels);
    stream.set("prediction", layers.unpatched(g, out, [B, outChannels, F, height, width], patches, "first"));
  });

  const conditions = [
    { name: "text", dims: [B, T, config.textChannels] },
    ...(inChannels > outChannels ? [{ name: "image", dims: [B, inChannels - outChannels, F, height, width] }] : []),
  ];
  return model({
    architecture: "CogVideoXTransformer3DModel",
    key: `cogvideox ${B}×${F}×${height}×${width}+${T}`,
    inputs: [
      { name: "latents", dims: [B, outChannels, F, height, width] },
      { name: "timestep", dims: [1, D] },
      ...conditions,
    ],
    conditions,
    embedTimestep: (timestep) => timestepEmbedding(timestep, D, config),
  });
};

/** The table of positions that a checkpoint learned, for its own size alone: text rows, then patches. */
const learnedPositions = (
  g: GraphBuilder,
  layers: Layers,
  config: CogVideoXConfig,
  geometry: Geometry,
  patches: number,
): GraphValue => {
  const { height, width, frames, tokens } = geometry;
  const own = [(config.frames - 1) / config.compression + 1, config.height, config.width, config.textRows];
  const given = [frames, height, width, tokens];
  if (own.some((size, axis) => Math.floor(size) !== given[axis]))
    throw new EngineError(
      "input-invalid",
      `The model learned its positions for ${own.join(" × ")}, not ${given.join(" × ")}.`,
      {
        hint: "Give latents of that many frames, of that height and width, and that many text rows.",
      },
    );
  return layers.weight(g, "patch_embed.pos_embedding", [1, tokens + patches, config.heads * config.headWidth]);
};

/** The pipeline has frames before channels: [F, C, H · W] of one clip as [C, F, H · W]. */
const channelsFirst = (noise: Float32Array, [, channels = 1, frames = 1]: readonly number[]): Float32Array => {
  const area = noise.length / channels / frames;
  const turned = new Float32Array(noise.length);
  for (let frame = 0; frame < frames; frame++)
    for (let channel = 0; channel < channels; channel++) {
      const from = (frame * channels + channel) * area;
      turned.set(noise.subarray(from, from + area), (channel * frames + frame) * area);
    }
  return turned;
};

export const architecture: Architecture = {
  ...plain,
  drawn: channelsFirst,
  build,
  shape(json) {
    const { outChannels, frames, compression, height, width } = cogVideoXConfig(json);
    return { channels: outChannels, frames: Math.floor((frames - 1) / compression) + 1, height, width };
  },
};
