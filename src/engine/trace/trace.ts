import type { Bytes } from "../backends/backend.js";
import type { Branch, Reading, SiteKind } from "../method.js";

/** One decision at one site, as it happened. */
export interface TraceVisit {
  /** 0-based. */
  readonly step: number;
  /** Of guidance. */
  readonly branch: Branch;
  /** Which of several clips, where each is decided about alone. */
  readonly clip?: number;
  /** Id of the site. */
  readonly site: string;
  /** Name of the method that decided. */
  readonly method: string;
  /** "reuse" takes the newest kept feature as it is; "forecast" is any other estimate. */
  readonly decision: "compute" | "reuse" | "forecast";
  /** Over the kept features, newest first; none where it was computed. */
  readonly weights?: readonly number[] | { readonly low: number; readonly high: number };
  /** Of the method's probes, in their order; null until there was an older tensor. */
  readonly readings?: readonly (Reading | null)[];
  /** What the method compared, and marks such as `negative`; only where it says so. */
  readonly reasons?: Readonly<Record<string, number | true>>;
}

/** In which steps one site really ran. */
export interface TraceSite {
  /** Its id: the module path in diffusers, or a span such as "blocks.1-8". */
  readonly site: string;
  /** What it computes. */
  readonly kind: SiteKind;
  /** A 1 per step in which any branch really ran the site. */
  readonly computed: string;
}

/** How far the latents of a run are from those of another, after each step; 0 where they are equal. */
export interface LatentDrift {
  /** mean |z − z₀| / mean |z₀|. */
  readonly l1: readonly number[];
  /** ‖z − z₀‖ / ‖z₀‖. */
  readonly l2: readonly number[];
}

/**
 * Quality against the uncached run of the same seed, pixels over [0, 1]; means over frames. Formulas, ranges and what each
 * sees: content/docs/reference/measures.mdx. Older files have the first three alone.
 */
export interface Quality {
  /** In dB; infinite where the clips are equal. */
  readonly psnr: number;
  /** Gaussian window of 11 pixels, σ 1.5; −1 … 1, 1 is equal. */
  readonly ssim: number;
  /** Largest difference of any value, 0 … 1. */
  readonly maxError: number;
  /** Multi-scale SSIM, 0 … 1; 1 is equal. */
  readonly msSsim?: number;
  /** Scales of `msSsim`: 5, or as many as the frames have room for. */
  readonly msSsimScales?: number;
  /** Root mean square of the difference of frame differences, 0 … 2, 0 is equal; not there for a single frame. */
  readonly temporalError?: number;
  /** Share of the error that changes from frame to frame, 0 … 1; not there for a single frame. */
  readonly flickerIndex?: number;
  /** FLIP at 67 pixels per degree, 0 … 1, 0 is equal; there for clips of one or three channels. */
  readonly flip?: number;
  /** ‖z − z₀‖ / ‖z₀‖ of the last latents, 0 is equal; there where runs are compared, not only clips. */
  readonly latentDrift?: number;
  /** The same after each step, with that of mean absolute values; where both runs were asked for `stepLatents`. */
  readonly stepDrift?: LatentDrift;
}

/**
 * The record of one run: the only thing charts read, and the only output of a run beside the latents.
 * JSON; documented in content/docs/reference/trace.mdx.
 */
export interface Trace {
  readonly format: "diffusion-cache/trace";
  readonly version: 1;
  /** Versions of this package and of onnxruntime-web. */
  readonly engine: { readonly version: string; readonly onnxruntime: string };
  /** Its name, its class in diffusers, and its number of weights. */
  readonly model: { readonly name: string; readonly architecture: string; readonly parameters: number };
  /** "wasm" or "webgpu", and the same in words, with threads or adapter. */
  readonly backend: { readonly name: string; readonly description: string };
  /** Its class in diffusers. */
  readonly scheduler: string;
  /** As resolved: `methodFromName` makes them again. None for an uncached run. */
  readonly methods: readonly { readonly name: string; readonly options: Readonly<Record<string, unknown>> }[];
  /** Null for a run from tensors. */
  readonly prompt: string | null;
  /** Of the first clip; null for a run from tensors. */
  readonly seed: number | null;
  /** Classifier-free guidance scale; 1 ran without the unconditional branch, as a model does that is told its guidance. */
  readonly guidance: number;
  /** How many were made. */
  readonly clips: number;
  /** Denoising steps. */
  readonly steps: number;
  /** One per step, as the model received them, noise first. */
  readonly timesteps: readonly number[];
  /** Those that any method acts on, and the sub-layers inside them. */
  readonly sites: readonly TraceSite[];
  /** In the order made; none for an uncached run. */
  readonly visits: readonly TraceVisit[];
  /**
   * Wall time of each step, including decisions, read-backs and copies. On a GPU nothing waits for a step that has neither
   * preview nor probe, so it is the time to hand the step over.
   */
  readonly stepMs: readonly number[];
  /**
   * Of each step, the time in which probes were filtered, measured and read back, in all branches; on WebGPU with the
   * wait for the work before them. Older traces lack it.
   */
  readonly stepProbeMs?: readonly number[];
  /** Cache bytes held at the end of each step. */
  readonly stepCacheBytes: readonly number[];
  /** Of the whole run; bytes at its end and at its peak, by kind. */
  readonly totals: {
    /** First step to last, without loading and compiling. */
    readonly wallMs: number;
    /** Building graphs and creating sessions for this run; 0 when all were there. */
    readonly compileMs: number;
    /** Making pixels of the last latents, its graph included; there where the checkpoint has a decoder. */
    readonly decodeMs?: number;
    readonly bytes: { readonly now: Bytes; readonly peak: Bytes };
  };
  /** What else a reader should know of the run, in sentences: tensors of the checkpoint that the network did not read. */
  readonly notes?: readonly string[];
  /** Only where it was asked for. */
  readonly quality?: Quality;
}
