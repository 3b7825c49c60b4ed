import { byClassName } from "../models/by-class-name.js";
import type { Architecture } from "./architecture.js";

export type { Architecture } from "./architecture.js";

type Load = () => Promise<{ readonly architecture: Architecture }>;

/** Every architecture by its class name in diffusers, loaded when a checkpoint names it. */
const architectures: Readonly<Record<string, Load>> = {
  ChromaTransformer2DModel: () => import("./chroma.js"),
  CogVideoXTransformer3DModel: () => import("./cogvideox.js"),
  DiTTransformer2DModel: () => import("./dit.js"),
  Flux2Transformer2DModel: () => import("./flux2.js"),
  FluxTransformer2DModel: () => import("./flux.js"),
  HunyuanVideoTransformer3DModel: () => import("./hunyuan-video.js"),
  LTXVideoTransformer3DModel: () => import("./ltx-video.js"),
  LatteTransformer3DModel: () => import("./latte.js"),
  MochiTransformer3DModel: () => import("./mochi.js"),
  PixArtTransformer2DModel: () => import("./pixart.js"),
  QwenImageTransformer2DModel: () => import("./qwen-image.js"),
  SD3Transformer2DModel: () => import("./sd3.js"),
  WanTransformer3DModel: () => import("./wan.js"),
  ZImageTransformer2DModel: () => import("./z-image.js"),
};

/**
 * The architecture that a checkpoint's config.json names.
 * @throws EngineError "model-unknown"
 */
export const architectureOf = async (config: unknown): Promise<Architecture> =>
  (await byClassName(architectures, config)()).architecture;
