import type { Bytes } from "./backends/backend.js";
import type { Branch, Reading, SiteKind } from "./cache/method.js";

/** One decision at one site, as it happened. */
export interface TraceVisit {
  readonly step: number;
  readonly branch: Branch;
  /** Which of several clips, where each is decided about alone. */
  readonly clip?: number;
  readonly site: string;
  readonly method: string;
  readonly decision: "compute" | "reuse" | "forecast";
  readonly weights?: readonly number[] | { readonly low: number; readonly high: number };
  readonly readings?: readonly (Reading | null)[];
  /** What the method compared, and marks such as `negative`; only where it says so. */
  readonly reasons?: Readonly<Record<string, number | true>>;
  /** Only in instrumented runs, where every site is a segment of its own. */
  readonly ms?: number;
}

/** In which steps one site really ran. */
export interface TraceSite {
  readonly site: string;
  readonly kind: SiteKind;
  /** A 1 per step in which any branch really ran the site. */
  readonly computed: string;
}

/** Quality against the uncached run of the same seed. PSNR in dB over [0, 1]; SSIM is the mean over frames. */
export interface Quality {
  readonly psnr: number;
  readonly ssim: number;
  readonly maxError: number;
}

/**
 * The record of one run: the only thing charts read, and the only output of a run beside the latents.
 * JSON; documented in content/docs/reference/trace.mdx.
 */
export interface Trace {
  readonly format: "diffusion-cache/trace";
  readonly version: 1;
  readonly engine: { readonly version: string; readonly onnxruntime: string };
  readonly model: { readonly name: string; readonly architecture: string; readonly parameters: number };
  readonly backend: { readonly name: string; readonly description: string };
  readonly scheduler: string;
  readonly methods: readonly { readonly name: string; readonly options: Readonly<Record<string, unknown>> }[];
  readonly prompt: string | null;
  readonly seed: number | null;
  readonly guidance: number;
  readonly clips: number;
  readonly steps: number;
  readonly timesteps: readonly number[];
  readonly sites: readonly TraceSite[];
  readonly visits: readonly TraceVisit[];
  /** Wall time of each step, including decisions, read-backs and copies. */
  readonly stepMs: readonly number[];
  /** Cache bytes held at the end of each step. */
  readonly stepCacheBytes: readonly number[];
  readonly totals: {
    /** First step to last, without loading and compiling. */
    readonly wallMs: number;
    /** Building graphs and creating sessions for this run; 0 when all were there. */
    readonly compileMs: number;
    readonly bytes: { readonly now: Bytes; readonly peak: Bytes };
  };
  readonly quality?: Quality;
}
