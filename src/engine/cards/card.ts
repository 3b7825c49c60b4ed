/** Rows, inputs and outputs of a matrix product: 2 · rows · inputs · outputs operations. */
export type Linear = readonly [rows: string, inputs: number, outputs: number];
/** Queries, keys and width of an attention: 4 · queries · keys · width operations for scores and values. */
export type Attend = readonly [queries: string, keys: string, width: number];
/** A tensor: rows and width. */
export type Shape = readonly [rows: string, width: number];

export const workKinds = [
  "embed",
  "modulation",
  "spatial-attention",
  "temporal-attention",
  "self-attention",
  "joint-attention",
  "cross-attention",
  "feed-forward",
  "head",
] as const;

/** What a piece of the network is for. */
export type WorkKind = (typeof workKinds)[number];

/** Matrix products and attention of one piece of the network. */
export interface Work {
  readonly kind: WorkKind;
  readonly linears: readonly Linear[];
  readonly attends?: readonly Attend[];
}

/** A piece of a block. */
export interface SubLayer extends Work {
  /** Its module in the block, "attn1", where a cache can act on it. */
  readonly site?: string;
  /** What a cache of the module keeps: the output before its gate. There with `site`. */
  readonly out?: readonly Shape[];
  /** What every computed block runs on that output, whether the module ran or not, and its output. */
  readonly after?: { readonly linears: readonly Linear[]; readonly out: readonly Shape[] };
}

/** Equal blocks that follow each other. */
export interface BlockGroup {
  /** The list of modules in diffusers: "transformer_blocks". Groups of one name count on. */
  readonly name: string;
  readonly repeat: number;
  readonly sublayers: readonly SubLayer[];
  /** The tensors that run from block to block. */
  readonly stream: readonly Shape[];
}

/** What the network of a model is made of, as data: all that its operations and bytes depend on. */
export interface Anatomy {
  /** Latent frames, rows and columns of one token. */
  readonly patch: readonly [frames: number, height: number, width: number];
  readonly blocks: readonly BlockGroup[];
  /** The groups run in turn, one block of each at a time. Default: one group after the other. */
  readonly interleaved?: boolean;
  /** Before ("embed") and behind ("head") the blocks. */
  readonly outside: readonly Work[];
  /** Numbers of a token's prediction. */
  readonly prediction: number;
}

/** How a pipeline lays its timesteps, as far as windows of timesteps ask. */
export type TimestepRule =
  | {
      /** Flow matching: σ from 1 down, shifted. */
      readonly kind: "flow";
      /**
       * Who lays σ before the shift. "pipeline": down to 1 / steps. "euler", FlowMatchEulerDiscreteScheduler itself: down
       * to its σ_min, the shifted 1 / 1000. "unipc": UniPCMultistepScheduler, as if down to 1 / 1000 one step later, in
       * whole timesteps. Default "pipeline".
       */
      readonly laid?: "pipeline" | "euler" | "unipc";
      /**
       * The shift, or the exponents of one that grows with the tokens of the image, at the fewest and the most.
       * "empirical": the fit over tokens and steps that Flux2Pipeline has.
       */
      readonly shift:
        | number
        | "empirical"
        | { readonly base: number; readonly most: number; readonly tokens: readonly [fewest: number, most: number] };
    }
  | {
      /** Mochi's flow: half of the steps go evenly from σ = 1 to 1 − threshold, the others in growing steps to 0. */
      readonly kind: "linear-quadratic";
      readonly threshold: number;
    }
  | {
      /** DDIM and its relatives over 1000 training steps. */
      readonly kind: "diffusion";
      readonly spacing: "leading" | "trailing";
      readonly offset: number;
    };

/** Width and height in pixels; one frame for an image. */
export interface RunSize {
  /** Pixels of a row. */
  readonly width: number;
  /** Rows of pixels. */
  readonly height: number;
  /** 1 for an image. */
  readonly frames: number;
}

/** A real model as the planner knows it. */
export interface ModelCard extends Anatomy {
  /** The model's own name: "FLUX.1-dev". */
  readonly name: string;
  /** The class of its network in diffusers, or in the repository that `source` names. */
  readonly class: string;
  /** Its pipeline in diffusers. */
  readonly pipeline?: string;
  /** The repository on the Hub. */
  readonly repository?: string;
  /** Where the numbers come from. */
  readonly source: string;
  /** Weights of the network; of one expert where there are several. */
  readonly parameters: number;
  /** What a latent covers. */
  readonly latent: {
    readonly channels: number;
    /** Pixels of a latent's side. */
    readonly space: number;
    /** Frames of a latent frame behind the first. */
    readonly time: number;
    /** Where frames are coded in chunks instead: so many frames become so many latent ones. */
    readonly chunk?: readonly [frames: number, latents: number];
    /** Frames beyond the whole chunks that every run has, and their latent ones. Default none. */
    readonly rest?: readonly [frames: number, latents: number];
  };
  /** Rows of text in a usual run. */
  readonly text: number;
  /** The rows of the image and those of the text are each filled up to a multiple of so many. Default 1. */
  readonly filled?: number;
  /** Rows of a conditioning image, or 0. */
  readonly image: number;
  /** Sound that is made beside the video, whose rows are counted as I. */
  readonly sound?: {
    /** Frames of a second of the video. */
    readonly framesPerSecond: number;
    /** Latents of a second of sound, for each channel. */
    readonly rowsPerSecond: number;
    /** Channels whose rows are apart: 2 for stereo. */
    readonly channels: number;
  };
  /** Reference images of a usual run, whose tokens join those of the image. Default 0. */
  readonly references?: number;
  /** "classifier-free": two passes a step; "distilled": told the scale, one pass; "none": one pass. */
  readonly guidance: "classifier-free" | "distilled" | "none";
  /** The two branches are one batch, so that its tensors are twice as large. */
  readonly batched: boolean;
  /** Passes of the conditional branch a step, where the pipeline guides by more than an unconditional one. Default 1. */
  readonly conditionalPasses?: number;
  /** Denoising steps of a usual run. */
  readonly steps: number;
  /** Usual sizes, the first one the default. */
  readonly sizes: readonly RunSize[];
  /** How its pipeline lays them. */
  readonly timesteps: TimestepRule;
  /** Several networks that take turns by timestep: each has `parameters` weights. */
  readonly experts?: {
    readonly count: number;
    /** The first one runs at and above this share of the training timesteps. */
    readonly boundary: number;
  };
  /** Operations that decode one pixel of one frame. */
  readonly decodeFlopsPerPixel?: number;
}
