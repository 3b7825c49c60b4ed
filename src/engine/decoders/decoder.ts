import type { GraphBuilder, GraphValue } from "../graph/builder.js";

/** Makes pixels of the latents of a single frame. */
export interface Decoder {
  /** Of the latents. */
  readonly channels: number;
  /** As diffusers' pipelines take a sample to its decoder: latents / scale + shift. */
  readonly scale: number;
  readonly shift: number;
  /** Pixels on a side that one place of the latents stands for. */
  readonly factor: number;
  /** [1, channels, H, W] → [1, 3, H · f, W · f] in −1 … 1. */
  readonly decode: (g: GraphBuilder, latents: GraphValue) => GraphValue;
}
