import type { Options } from "../program/example-module.js";

/** What one run of a strip came to, beside the uncached run of the same noise. */
export interface StripFigures {
  /** Speed-up if what was skipped had cost nothing. */
  readonly ideal: number;
  /** In dB; infinite for an equal clip. */
  readonly psnr: number;
  readonly ssim: number;
  readonly msSsim?: number;
  /** Not there for a single frame. */
  readonly temporalError?: number;
  readonly flip?: number;
  /** Share of the visited features that were not computed, 0 … 1. */
  readonly skipped: number;
  readonly cacheBytes: number;
}

/** One setting of a method, on every prompt. */
export interface GalleryStrip {
  readonly method: string;
  /** Its file of examples/, and its page. */
  readonly example: string;
  /** The presets that it is: one, or several where they are the same setting. */
  readonly strengths: readonly string[];
  /** Of the preset. */
  readonly options: Readonly<Record<string, unknown>>;
  /** As the controls of its page set them, with which it was run; null where they cannot. */
  readonly link: Options | null;
  /** The options that the page has no control for. */
  readonly cannot: readonly string[];
  /** One for each prompt, in their order. */
  readonly figures: readonly StripFigures[];
}

/** What sprites are: 256 colours are enough for small frames of shapes; larger pictures are photographs to a format. */
export type SpriteFormat = "png" | "webp";

/** Of frames of this height. */
export const spriteFormat = ({ height }: { readonly height: number }): SpriteFormat => (height > 64 ? "webp" : "png");

/** site/public/gallery/<model>.json, beside its sprites, <model>/<method>-<seed>.png (or .webp) with a row for each setting. */
export interface GalleryFile {
  readonly format: "diffusion-cache/gallery";
  readonly version: 1;
  /** What makes it. */
  readonly command: string;
  /** Backend and processor of the profile that the ideal speed-ups are of. */
  readonly on: string;
  readonly model: string;
  readonly steps: number;
  readonly guidance: number;
  readonly clip: { readonly frames: number; readonly height: number; readonly width: number; readonly fps: number };
  readonly prompts: readonly { readonly prompt: string; readonly seed: number }[];
  readonly strips: readonly GalleryStrip[];
}

/** The frames that a strip shows: four spread over a clip. */
export const galleryFrames = (frames: number): readonly number[] =>
  frames < 4 ? [0] : [0, 1, 2, 3].map((part) => Math.floor((part * frames) / 4));
