import type { GraphBuilder, GraphValue } from "../graph/builder.js";
import type { WeightStore } from "../graph/weights.js";
import type { SiteMap } from "../method.js";
import type { Tensor } from "../tensor.js";

/** The named values that flow from part to part: "x", "temb", "transformer_blocks.0.attn1" … */
export interface Stream {
  get(name: string): GraphValue;
  set(name: string, value: GraphValue): void;
}

/** A step of the forward pass that nothing ever cuts: it reads stream values and writes others. */
export interface Part {
  readonly id: string;
  emit(graph: GraphBuilder, stream: Stream): void;
}

/** Where a probe reads: stream value `value`, minus what it was before part `since` if that is given. */
export interface Tap {
  readonly id: string;
  readonly value: string;
  /** The tap can be read once this many parts have run. */
  readonly after: number;
  readonly since?: number;
}

/**
 * One architecture at one geometry, as an ordered list of parts with the cacheable sites between them.
 * Which neighbouring parts share an ONNX graph is decided later, by what the caching methods need (`cache/segments.ts`).
 */
export interface Model {
  /** The class in diffusers: "LatteTransformer3DModel". */
  readonly architecture: string;
  /** Tells this geometry's graphs from another's. */
  readonly key: string;
  readonly parameters: number;
  readonly parts: readonly Part[];
  readonly sites: SiteMap;
  /** A tap by its id: "modulated-input", "latents", "output", or "blocks.0-2" for the residual of blocks [0, 2). */
  tap(id: string): Tap;
  /** What enters: "latents", "timestep" (its embedding) and the conditions. */
  readonly inputs: readonly GraphValue[];
  /** "latents" as [clips, channels, frames, height, width], however the model packs them. */
  volume(graph: GraphBuilder, latents: GraphValue): GraphValue;
  /** Conditions by graph input name; a run gives them per branch. */
  readonly conditions: readonly GraphValue[];
  /** The stream value that holds the prediction, in the shape of "latents". */
  readonly output: string;
  readonly weights: WeightStore;
  /** What the graphs take for a timestep: its sinusoidal embedding. */
  embedTimestep(timestep: number): Tensor;
}

/** Size of what is generated. One frame for an image model. */
export interface Geometry {
  readonly clips: number;
  readonly channels: number;
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  /** Rows of the text condition. */
  readonly tokens: number;
  /** Whether a mask says which rows of the text are read. Default: all are. */
  readonly masked?: boolean;
  /** Names of the conditions that a run gives, for those that it may leave out. */
  readonly given?: readonly string[];
}
