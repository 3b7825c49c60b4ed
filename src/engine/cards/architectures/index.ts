import type { Anatomy, ModelCard } from "../card.js";
import { ltx2, minimaxH3 } from "./audio-video.js";
import { cogVideoX } from "./cogvideox.js";
import type { ConfigFields } from "./config.js";
import { chroma, flux, flux2 } from "./flux.js";
import { hunyuanVideo, hunyuanVideo15 } from "./hunyuan-video.js";
import { qwenImage, zImage } from "./image.js";
import { kandinsky5 } from "./kandinsky.js";
import { dit, latte, pixArt, stdit3 } from "./latte.js";
import { sd3 } from "./sd3.js";
import { ltxVideo, mochi } from "./video.js";
import { wan } from "./wan.js";

/** What a class of networks is: its anatomy from a config.json, and what its pipelines usually run. */
export interface Family
  extends Pick<ModelCard, "latent" | "text" | "guidance" | "batched" | "steps" | "sizes" | "timesteps">,
    Partial<Pick<ModelCard, "pipeline" | "decodeFlopsPerPixel" | "sound" | "conditionalPasses" | "filled">> {
  readonly anatomy: (fields: ConfigFields) => Anatomy;
}

const size = (width: number, height: number, frames = 1) => ({ width, height, frames });
const square = [size(1024, 1024)];
const ofFlux = { channels: 16, space: 8, time: 1 };
const ofStableDiffusion = { channels: 4, space: 8, time: 1 };
const ofVideo = { channels: 16, space: 8, time: 4 };
const flow = (shift: number) => ({ kind: "flow", shift }) as const;
const growing = (base: number, most: number, tokens: readonly [number, number] = [256, 4096]) =>
  ({ kind: "flow", shift: { base, most, tokens } }) as const;
const leading = { kind: "diffusion", spacing: "leading", offset: 0 } as const;

/** Every class that has a builder, by its name in diffusers (STDiT3: in Open-Sora). Timesteps: the pipelines of diffusers 0.42.1. */
export const families: Readonly<Record<string, Family>> = {
  FluxTransformer2DModel: {
    anatomy: flux,
    ...{ latent: ofFlux, text: 512, guidance: "distilled", batched: false, steps: 28, sizes: square },
    ...{ timesteps: growing(0.5, 1.15), pipeline: "FluxPipeline", decodeFlopsPerPixel: 9.99e6 },
  },
  Flux2Transformer2DModel: {
    anatomy: flux2,
    ...{ latent: { channels: 32, space: 8, time: 1 }, text: 512, guidance: "distilled", batched: false, steps: 50 },
    ...{ sizes: square, timesteps: { kind: "flow", shift: "empirical" }, pipeline: "Flux2Pipeline" },
  },
  ChromaTransformer2DModel: {
    anatomy: chroma,
    ...{ latent: ofFlux, text: 512, guidance: "classifier-free", batched: false, steps: 35, sizes: square },
    ...{ timesteps: growing(0.5, 1.15), pipeline: "ChromaPipeline", decodeFlopsPerPixel: 9.99e6 },
  },
  HunyuanVideoTransformer3DModel: {
    anatomy: hunyuanVideo,
    ...{ latent: ofVideo, text: 256, guidance: "distilled", batched: false, steps: 50 },
    ...{ sizes: [size(1280, 720, 129), size(960, 544, 129)], timesteps: flow(7) },
    ...{ pipeline: "HunyuanVideoPipeline", decodeFlopsPerPixel: 23.5e6 },
  },
  HunyuanVideo15Transformer3DModel: {
    anatomy: hunyuanVideo15,
    ...{ latent: { channels: 32, space: 16, time: 4 }, text: 1256, guidance: "classifier-free", batched: false },
    ...{ steps: 50, sizes: [size(848, 480, 121), size(1280, 720, 121)], timesteps: flow(5) },
    pipeline: "HunyuanVideo15Pipeline",
  },
  WanTransformer3DModel: {
    anatomy: wan,
    ...{ latent: ofVideo, text: 512, guidance: "classifier-free", batched: false, steps: 50 },
    ...{ sizes: [size(832, 480, 81), size(1280, 720, 81)], timesteps: { ...flow(5), laid: "unipc" } },
    ...{ pipeline: "WanPipeline", decodeFlopsPerPixel: 8.62e6 },
  },
  CogVideoXTransformer3DModel: {
    anatomy: cogVideoX,
    ...{ latent: ofVideo, text: 226, guidance: "classifier-free", batched: true, steps: 50 },
    ...{ sizes: [size(720, 480, 49)], timesteps: { kind: "diffusion", spacing: "trailing", offset: 0 } },
    ...{ pipeline: "CogVideoXPipeline", decodeFlopsPerPixel: 18.6e6 },
  },
  LatteTransformer3DModel: {
    anatomy: latte,
    ...{ latent: ofStableDiffusion, text: 120, guidance: "classifier-free", batched: true, steps: 50 },
    ...{ sizes: [size(512, 512, 16)], timesteps: leading, pipeline: "LattePipeline", decodeFlopsPerPixel: 9.49e6 },
  },
  DiTTransformer2DModel: {
    anatomy: dit,
    ...{ latent: ofStableDiffusion, text: 0, guidance: "classifier-free", batched: true, steps: 50 },
    ...{ sizes: [size(256, 256)], timesteps: leading, pipeline: "DiTPipeline", decodeFlopsPerPixel: 9.49e6 },
  },
  PixArtTransformer2DModel: {
    anatomy: pixArt,
    ...{ latent: ofStableDiffusion, text: 120, guidance: "classifier-free", batched: true, steps: 20, sizes: square },
    ...{ timesteps: leading, pipeline: "PixArtAlphaPipeline", decodeFlopsPerPixel: 9.49e6 },
  },
  SD3Transformer2DModel: {
    anatomy: sd3,
    ...{ latent: ofFlux, text: 333, guidance: "classifier-free", batched: true, steps: 28, sizes: square },
    ...{ timesteps: { ...flow(3), laid: "euler" }, pipeline: "StableDiffusion3Pipeline", decodeFlopsPerPixel: 9.99e6 },
  },
  QwenImageTransformer2DModel: {
    anatomy: qwenImage,
    ...{ latent: ofFlux, text: 64, guidance: "classifier-free", batched: false, steps: 50 },
    ...{ sizes: [size(1328, 1328), size(1664, 928)], timesteps: growing(0.5, 0.9, [256, 8192]) },
    ...{ pipeline: "QwenImagePipeline", decodeFlopsPerPixel: 11.3e6 },
  },
  ZImageTransformer2DModel: {
    anatomy: zImage,
    ...{ latent: ofFlux, filled: 32, text: 64, guidance: "classifier-free", batched: true, steps: 50, sizes: square },
    ...{ timesteps: flow(3), pipeline: "ZImagePipeline", decodeFlopsPerPixel: 9.99e6 },
  },
  LTXVideoTransformer3DModel: {
    anatomy: ltxVideo,
    ...{ latent: { channels: 128, space: 32, time: 8 }, text: 128, guidance: "classifier-free", batched: true },
    ...{ steps: 50, sizes: [size(704, 512, 161)], timesteps: growing(0.95, 2.05, [1024, 4096]) },
    ...{ pipeline: "LTXPipeline", decodeFlopsPerPixel: 871e3 },
  },
  LTX2VideoTransformer3DModel: {
    anatomy: ltx2,
    ...{ latent: { channels: 128, space: 32, time: 8 }, text: 1024, guidance: "classifier-free", batched: true },
    ...{ conditionalPasses: 3, sound: { framesPerSecond: 24, rowsPerSecond: 25, channels: 1 } },
    ...{ steps: 30, sizes: [size(768, 512, 121), size(1280, 704, 121)], timesteps: growing(0.95, 2.05, [1024, 4096]) },
    pipeline: "LTX2Pipeline",
  },
  Kandinsky5Transformer3DModel: {
    anatomy: kandinsky5,
    ...{ latent: ofVideo, text: 256, guidance: "classifier-free", batched: false, steps: 50 },
    ...{ sizes: [size(768, 512, 121)], timesteps: { kind: "flow", shift: 5, laid: "euler" } },
    ...{ pipeline: "Kandinsky5T2VPipeline", decodeFlopsPerPixel: 23.5e6 },
  },
  MiniMaxH3Transformer3DModel: {
    anatomy: minimaxH3,
    latent: { channels: 24, space: 16, time: 4, chunk: [17, 5], rest: [5, 2] },
    sound: { framesPerSecond: 24, rowsPerSecond: 40, channels: 2 },
    ...{ text: 256, guidance: "distilled", batched: false, steps: 49, sizes: [size(1344, 768, 124)] },
    timesteps: flow(12),
  },
  MochiTransformer3DModel: {
    anatomy: mochi,
    ...{ latent: { channels: 12, space: 8, time: 6 }, text: 256, guidance: "classifier-free", batched: true },
    ...{ steps: 64, sizes: [size(848, 480, 163)], timesteps: { kind: "linear-quadratic", threshold: 0.025 } },
    pipeline: "MochiPipeline",
  },
  STDiT3: {
    anatomy: stdit3,
    latent: { channels: 4, space: 8, time: 4, chunk: [17, 5] },
    ...{ text: 300, guidance: "classifier-free", batched: true, steps: 30 },
    ...{ sizes: [size(848, 480, 51)], timesteps: flow(4.84), decodeFlopsPerPixel: 9.5e6 },
  },
};
