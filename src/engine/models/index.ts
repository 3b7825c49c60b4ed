import type { RunInputs } from "../engine.js";
import type { WeightStore } from "../graph/weights.js";
import type { Tensor } from "../tensor.js";
import { byClassName } from "./by-class-name.js";
import { timestepEmbedding } from "./embeddings.js";
import { flux } from "./flux.js";
import { fluxConfig, fluxPack } from "./flux-config.js";
import { latte } from "./latte.js";
import { latteConfig } from "./latte-config.js";
import type { Geometry, Model } from "./model.js";
import { packed, unpacked } from "./packing.js";

/** What the engine asks of an architecture before it knows what to generate. */
export interface Architecture {
  build(config: unknown, weights: WeightStore, geometry: Geometry): Model;
  /** Channels and the usual size of what this checkpoint generates; a manifest may say others. */
  shape(config: unknown): {
    readonly channels: number;
    readonly frames: number;
    readonly height: number;
    readonly width: number;
  };
  /** From [clips, channels, frames, height, width] to the model's latents, and back. */
  pack(noise: Tensor, config: unknown): Tensor;
  unpack(latents: Float32Array, dims: readonly number[], config: unknown): Tensor;
  /** What a guidance scale means: two passes a step, or one where the model was trained to be told the scale. */
  guided(inputs: RunInputs, scale: number, config: unknown): RunInputs & { readonly guidance: number };
  /** A condition as people have it → as the graphs take it. */
  condition(name: string, value: Tensor): Tensor;
}

/** Every architecture by its class name in diffusers. One entry per architecture. */
const architectures: Readonly<Record<string, Architecture>> = {
  FluxTransformer2DModel: {
    build: flux,
    shape: (config) => ({ channels: fluxConfig(config).inChannels / 4, frames: 1, height: 128, width: 128 }),
    pack: (noise, config) => packed(noise, fluxPack(fluxConfig(config), noise.dims[1] as number)),
    unpack: (data, dims, config) => unpacked(data, dims, fluxPack(fluxConfig(config), dims[1] as number)),
    // As FluxPipeline takes guidance_scale. With a condition "guidance" the scale is that of two passes, true_cfg_scale.
    guided(inputs, scale, config) {
      const { cond } = inputs;
      if (!fluxConfig(config).guidanceEmbeds || cond.guidance) return { ...inputs, guidance: scale };
      const told = { dims: [1], data: Float32Array.of(scale) };
      return { ...inputs, cond: { ...cond, guidance: told }, guidance: 1 };
    },
    condition: (name, value) =>
      name === "guidance" ? timestepEmbedding((value.data[0] as number) * 1000, 256) : value,
  },
  LatteTransformer3DModel: {
    build: latte,
    shape(config) {
      const { inChannels, frames, sampleSize } = latteConfig(config);
      return { channels: inChannels, frames, height: sampleSize, width: sampleSize };
    },
    pack: (noise) => noise,
    unpack: (data, dims) => ({ dims, data }),
    guided: (inputs, scale) => ({ ...inputs, guidance: scale }),
    condition: (_, value) => value,
  },
};

/**
 * The architecture that a checkpoint's config.json names.
 * @throws EngineError "model-unknown"
 */
export const architectureOf = (config: unknown): Architecture => byClassName(architectures, config);
