import type { CalibratedMethod, Calibration, FreshCalibration } from "./calibrate/calibration.js";
import type { Clip } from "./clip.js";
import type { Changes } from "./measure/changes.js";
import type { CacheMethod } from "./method.js";
import type { Adherence } from "./metrics/judged.js";
import type { AbortSignal } from "./platform.js";
import type { NamedSigmas, Sigmas } from "./schedulers/pipeline-sigmas.js";
import type { Tensor } from "./tensor.js";
import type { Trace, TraceVisit } from "./trace/trace.js";

/** Bytes while loading, steps while running. `phase` says which. */
export type Progress =
  | {
      readonly phase: "download";
      readonly loaded: number;
      readonly total: number;
      readonly file: string;
      /** There when the connection broke and the file is about to be asked for again. */
      readonly retry?: { readonly attempt: number; readonly attempts: number; readonly reason: string };
    }
  | { readonly phase: "compile"; readonly done: number; readonly total: number }
  | {
      readonly phase: "step";
      readonly step: number;
      readonly steps: number;
      readonly ms: number;
      /** What was decided in this step above the network and in the pass with the text, and why, for a grid that fills in. */
      readonly decisions: readonly Pick<TraceVisit, "site" | "decision" | "reasons">[];
      /**
       * The clip as it forms (predicted clean sample), when asked for. Latents are not decoded: each place has the colour
       * that the decoder makes of it, nearly.
       */
      readonly preview?: Clip;
    };

/** What a run is asked for. */
export interface GenerateOptions {
  /** A sentence of the model's grammar. Default: the model's own default prompt. */
  readonly prompt?: string;
  /**
   * Seed of the first clip's noise, as torch.Generator("cpu").manual_seed takes it; clip k uses seed + k. Beside `inputs`
   * it is that of the noise which some schedulers add in their steps. Default 0.
   */
  readonly seed?: number;
  /** Denoising steps, 1 … 1000. Default: the model's. */
  readonly steps?: number;
  /**
   * Noise levels of the steps: those that the model's diffusers pipeline passes to its scheduler, the scheduler's own, 1
   * down to 1/steps ("trailing"), or one number for each step (for EulerDiscreteScheduler and the end). Default: the model's own choice, "pipeline" mostly.
   */
  readonly sigmas?: Sigmas;
  /** Timesteps in place of the scheduler's, noise first, where its class takes them. Not beside a list of sigmas. */
  readonly timesteps?: readonly number[];
  /**
   * Classifier-free guidance scale; 1 runs without the unconditional branch. A guidance-distilled FLUX is told the scale
   * and runs once a step, unless the conditions hold a scale of their own ("guidance", [1]). Default: the model's.
   */
  readonly guidance?: number;
  /** Clips made at once, or one after the other where a method decides by what it measures. Default 1. */
  readonly clips?: number;
  /** Caching methods on disjoint or nested sites. Default none. */
  readonly cache?: readonly CacheMethod[];
  /** Send the forming clip with every n-th step; 0 never. Default 0 (a preview costs a read-back). */
  readonly previewEvery?: number;
  /** Tensors instead of prompt, seed and clips, for checkpoints without a vocabulary and for exact comparisons. */
  readonly inputs?: RunInputs;
  /** Also return every step's guided prediction. Default false: each costs a read-back. */
  readonly predictions?: boolean;
  /**
   * Also return the latents after every step. They are kept on the device and read when the run has ended, which costs the
   * memory of a tensor for each step and no time of a step. Default false.
   */
  readonly stepLatents?: boolean;
  /** Aborted, it ends the run at the next graph with "stopped". */
  readonly signal?: AbortSignal;
  /** Called while graphs compile and after each step. */
  readonly onProgress?: (progress: Progress) => void;
}

/** What a calibration or a measurement of changes runs: uncached, once per prompt. */
export interface CalibrateOptions
  extends Pick<GenerateOptions, "steps" | "sigmas" | "guidance" | "inputs" | "signal" | "onProgress"> {
  /** One run each, with the seeds 0, 1, 2 … More prompts, steadier numbers. Default: the model's own prompt; none with `inputs`. */
  readonly prompts?: readonly string[];
}

/** A calibration: what it runs, and of which methods it measures the numbers. */
export interface CalibrationRequest<M extends CalibratedMethod = CalibratedMethod> extends CalibrateOptions {
  /** Default: all. */
  readonly methods?: readonly M[];
}

/** What a run starts from, as tensors. */
export interface RunInputs {
  /** Standard normal, [clips, channels, frames, height, width], or without the frames for an image model. */
  readonly noise: Tensor;
  /** The model's conditions by name, [clips or 1, …]: "text"; FLUX's "text" and "pooled", and "guidance" where it is told one. */
  readonly cond: Readonly<Record<string, Tensor>>;
  /** The same for the unconditional branch; needed unless guidance is 1. */
  readonly uncond?: Readonly<Record<string, Tensor>>;
}

/** What a run gives. */
export interface Result {
  /** In the model's own size, unless the noise had another; decoded where the checkpoint has a decoder (`vae/`). */
  readonly clip: Clip;
  /** What was denoised, in the layout that the model works in: packed for FLUX, the clip itself for a Latte on pixels. */
  readonly latents: Tensor;
  /** Decisions, times and bytes of the run. */
  readonly trace: Trace;
  /** One per step in the shape of the latents, if asked for. */
  readonly predictions?: readonly Float32Array[];
  /** One per step in the shape of the latents, if asked for: what each step ended with. */
  readonly stepLatents?: readonly Float32Array[];
}

/** Where the time of one step goes: its passes as they run, and each sub-layer timed as a graph of its own. Medians, in ms. */
export interface Profile {
  /** One forward pass, as one graph. */
  readonly passMs: number;
  /** What a step takes beside its passes, cached or not: guidance, the scheduler's step, checks. */
  readonly outsideMs: number;
  /** By the site's id, with what only that site needs: its norm, and the text of cross-attention. What cuts cost is taken off. */
  readonly siteMs: Readonly<Record<string, number>>;
  /** Of each block, with what joins its sub-layers. */
  readonly blockMs: readonly number[];
}

/** What a page shows before anything runs. */
export interface ModelInfo {
  /** Of its manifest.json; "unnamed" without one. */
  readonly name: string;
  /** Its class in diffusers: "LatteTransformer3DModel". */
  readonly architecture: string;
  /** Its config.json, which says what sites it has: see `sitesOf`. */
  readonly network: object;
  /** Number of weights. */
  readonly parameters: number;
  /** Rows of the text that its own prompts become, one per slot of its vocabulary; 0 without one. */
  readonly textRows: number;
  /** Names of the classes that a label chooses, by number, where its model_index.json has them (DiT: ImageNet's thousand). */
  readonly classes?: readonly string[];
  /** Of all files of its manifest, whether the browser keeps them already or not; 0 without one. */
  readonly downloadBytes: number;
  /** What a run takes that asks for nothing else. */
  readonly defaults: {
    readonly prompt: string;
    readonly steps: number;
    readonly guidance: number;
    /** Where its runs take their noise levels, if not from its pipeline. */
    readonly sigmas?: NamedSigmas;
  };
  /** What MagCache, TeaCache, SmoothCache, DPCache and MeanCache want to know of this model, where its folder has it. */
  readonly calibration?: Calibration;
  /** Of the default size, in frames, pixels and frames per second. */
  readonly clip: { readonly frames: number; readonly height: number; readonly width: number; readonly fps: number };
}

/** The backend in use and how it was chosen: one line per rung of the ladder, in the order tried. */
export interface DeviceReport {
  /** Which runtime computes. */
  readonly backend: "wasm" | "webgpu";
  /** For people: "WebAssembly, 2 threads", or the adapter and whether its graphs are captured. */
  readonly description: string;
  /** Down to the rung that was taken, each with why it was taken or left. */
  readonly ladder: readonly { readonly rung: string; readonly taken: boolean; readonly reason: string }[];
}

/**
 * One model on one backend. The same interface in a page (through a worker), in a worker and in Node.
 * Calls queue: one run at a time, in the order asked for.
 */
export interface Engine {
  /** Known once the engine is there; does not change. */
  readonly model: ModelInfo;
  /** What it runs on, and why. */
  readonly device: DeviceReport;
  /**
   * Denoises from seeded noise and returns the clip with its trace.
   * @throws EngineError "stopped" when `signal` is aborted; "out-of-memory", "device-lost", "runtime-failed" and
   *   "not-finite" while it runs; and every code of the request's parts.
   */
  generate(options?: GenerateOptions): Promise<Result>;
  /** Measures where the time of a forward pass goes, over a few instrumented steps. */
  profile(options?: Pick<GenerateOptions, "prompt" | "guidance" | "clips" | "inputs" | "signal">): Promise<Profile>;
  /**
   * Runs uncached and measures what MagCache, TeaCache, SmoothCache, DPCache, MeanCache and L²P want to know of this model, scheduler
   * and number of steps; with `methods` of some of them. Holds 13 steps of every sub-layer in memory, and all of the stack's residual, its last output and the prediction.
   * @throws EngineError as `generate`; "input-invalid" for fewer than six steps, too few for TeaCache's polynomial, unless it is left out
   */
  calibrate<M extends CalibratedMethod = CalibratedMethod>(
    options?: CalibrationRequest<M>,
  ): Promise<FreshCalibration<M>>;
  /**
   * Runs uncached and measures how much every sub-layer's output changes from step to step. Reads every one of them back
   * in every step, so its time says nothing of a run's.
   * @throws EngineError as `generate`; "input-invalid" for a single step, which has no neighbour
   */
  changes(options?: CalibrateOptions): Promise<Changes>;
  /**
   * What a clip shows, read from its pixels, beside what its prompt asked for; undefined where this model's words cannot
   * be read.
   */
  read(request: { readonly clip: Clip; readonly prompt: string }): Promise<Adherence | undefined>;
  /** Frees memory and device. A call under way ends at its next graph; it and later ones are refused with "disposed". */
  dispose(): Promise<void>;
}
