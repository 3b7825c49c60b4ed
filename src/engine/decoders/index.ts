import type { WeightStore } from "../graph/weights.js";
import { byClassName } from "../models/by-class-name.js";
import type { Decoder } from "./decoder.js";

export type { Decoder } from "./decoder.js";

type Make = (config: unknown, weights: WeightStore) => Decoder;

/** Every decoder by its class name in diffusers, loaded when a checkpoint names it. */
const decoders: Readonly<Record<string, () => Promise<Make>>> = {
  AutoencoderKL: async () => (await import("./autoencoder-kl.js")).autoencoderKL,
  AutoencoderTiny: async () => (await import("./autoencoder-tiny.js")).autoencoderTiny,
};

/** Whether there is a decoder for the class that a vae/config.json names. */
export const hasDecoder = (config: { readonly _class_name?: unknown }): boolean =>
  typeof config._class_name === "string" && Object.hasOwn(decoders, config._class_name);

/**
 * The decoder that a vae/config.json names.
 * @throws EngineError "model-unknown", "model-config"
 */
export const decoderOf = async (config: unknown, weights: WeightStore): Promise<Decoder> =>
  (await byClassName(decoders, config)())(config, weights);
