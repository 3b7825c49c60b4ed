import type { RunInputs } from "../engine.js";
import { EngineError } from "../errors.js";
import type { GraphBuilder, GraphValue } from "../graph/builder.js";
import type { WeightStore } from "../graph/weights.js";
import type { Geometry, Model } from "../models/model.js";
import { type Positions, quarterTurn, type RotaryTables, rotaryTables } from "../models/rotary.js";
import { sizeOf, type Tensor } from "../tensor.js";

/** Inputs as a run takes them; `image`, the first frame where it is given, is no condition any more. */
export type Guided = RunInputs & { readonly guidance: number; readonly image?: Tensor };

/** What the engine asks of an architecture before it knows what to generate. */
export interface Architecture {
  build(config: unknown, weights: WeightStore, geometry: Geometry): Model;
  /** Channels and the usual size of what this checkpoint generates; a manifest may say others. */
  shape(config: unknown): {
    readonly channels: number;
    readonly frames: number;
    readonly height: number;
    readonly width: number;
  };
  /** From [clips, channels, frames, height, width] to the model's latents, and back. */
  pack(noise: Tensor, config: unknown): Tensor;
  unpack(latents: Float32Array, dims: readonly number[], config: unknown): Tensor;
  /** What a guidance scale means: two passes a step, or one where the model was trained to be told the scale. */
  guided(inputs: RunInputs, scale: number, config: unknown): Guided;
  /** A condition as people have it → as the graphs take it. */
  condition(name: string, value: Tensor, config: unknown): Tensor;
  /**
   * Noise of one clip that a scheduler draws in its steps, from the order in which the pipeline draws it to that of latents
   * of the shape `dims`. Default: as it is.
   */
  drawn?(noise: Float32Array, dims: readonly number[]): Float32Array;
  /** Whether a condition "image" is the first frame of the clip, which stays as it is given (`Guided`). */
  readonly firstFrame?: boolean;
}

/** The parts of an {@link Architecture} whose latents are unpacked and whose guidance is two passes a step. */
export const plain: Omit<Architecture, "build" | "shape"> = {
  pack: (noise) => noise,
  unpack: (data, dims) => ({ dims, data }),
  guided: (inputs, scale) => ({ ...inputs, guidance: scale }),
  condition: (_, value) => value,
};

/** Refuses a size that patches of t × h × w do not fill, and several frames where the model makes images. */
export const expectPatches = (
  { frames, height, width }: Geometry,
  [t, h, w]: readonly [number, number, number],
  images = false,
  longest = Number.POSITIVE_INFINITY,
): void => {
  if (images && frames !== 1)
    throw new EngineError("input-invalid", `The model makes images, not clips of ${frames} frames.`, {
      hint: "Give noise of the shape [clips, channels, height, width].",
    });
  if (frames % t || height % h || width % w)
    throw new EngineError(
      "input-invalid",
      `Latents of ${frames} × ${height} × ${width} cannot be cut into patches of ${t} × ${h} × ${w}.`,
      { hint: `Give frames, height and width that are multiples of ${t}, ${h} and ${w}.` },
    );
  const most = Math.max(frames / t, height / h, width / w);
  if (most > longest)
    throw new EngineError("input-invalid", `${most} patches along one axis exceed the model's ${longest} positions.`, {
      hint: "Give a smaller or a shorter clip.",
    });
};

/** Defines rotary tables `name` for tokens at `ids` (see `Layers.turned`). */
export const ropeTables = (
  weights: WeightStore,
  name: string,
  ids: Positions,
  axes: readonly number[],
  theta?: number,
): void => {
  defineRope(weights, name, rotaryTables(ids, axes, theta));
};

/** Defines the rotary tables `name`, see `Layers.turned`. */
export const defineRope = (weights: WeightStore, name: string, made: RotaryTables): void => {
  const width = made.cos.dims.at(-1) as number;
  weights.define(`cos ${name}`, () => made.cos);
  weights.define(`sin ${name}`, () => made.sin);
  weights.define(`turn ${width}`, () => quarterTurn(width));
};

/** The condition "text", and its "mask" where there is one. */
export const textConditions = ({ clips: B, tokens: T, masked = false }: Geometry, width: number) => [
  { name: "text", dims: [B, T, width] },
  ...(masked ? [{ name: "mask", dims: [B, T] }] : []),
];

/**
 * A mask [B, T] of the text with `count` rows of an image, which are all read, behind it or, where these come "first",
 * before it: [B, T + count].
 */
export const withImage = (
  g: GraphBuilder,
  mask: GraphValue,
  count: number,
  image: "first" | "last" = "last",
): GraphValue => {
  const dims = [mask.dims[0] as number, count];
  const ones = g.constant(`ones ${dims.join("×")}`, { dims, data: new Float32Array(sizeOf(dims)).fill(1) });
  return g.concat(image === "first" ? [ones, mask] : [mask, ones], 1);
};

/** The mean [B, 1, C] of the rows of a text [B, T, C], or of those that a mask [B, T] says are read; zeros if none is. */
export const meanRow = (g: GraphBuilder, text: GraphValue, mask: GraphValue | undefined): GraphValue => {
  const [B, T, C] = text.dims as [number, number, number];
  const axis = g.integers([1]);
  if (!mask) return g.node("ReduceMean", [text, axis], [B, 1, C]);
  const column = g.reshape(mask, [B, T, 1]);
  const sum = g.node("ReduceSum", [g.mul(text, column), axis], [B, 1, C]);
  const count = g.node("Max", [g.node("ReduceSum", [column, axis], [B, 1, 1]), g.scalar(1)], [B, 1, 1]);
  return g.node("Div", [sum, count], [B, 1, C]);
};

/** A mask [B, T] that reads as many rows as `mask` does, from the first on. */
export const fromFirst = (g: GraphBuilder, mask: GraphValue): GraphValue => {
  const [B, T] = mask.dims as [number, number];
  const count = g.node("ReduceSum", [mask, g.integers([1])], [B, 1]);
  const index = g.constant(`index ${T}`, { dims: [1, T], data: Float32Array.from({ length: T }, (_, row) => row) });
  return g.node("Clip", [g.sub(count, index), g.scalar(0), g.scalar(1)], [B, T]);
};

/** Mask of ones, and zeros for what is not read, as what is added to the scores of attention: [B, T] as [B, 1, 1, T]. */
export const hidden = (g: GraphBuilder, mask: GraphValue): GraphValue =>
  g.once(`hidden ${mask.name}`, () => {
    const [B, T] = mask.dims as [number, number];
    const bias = g.mul(g.sub(mask, g.scalar(1)), g.scalar(10000));
    return mask.dims.length === 2 ? g.reshape(bias, [B, 1, 1, T]) : bias;
  });

/**
 * How many rows of each text a mask [clips, rows] reads, for networks that read the first ones.
 * @throws EngineError "input-invalid" where `what` is none of ones followed by zeros
 */
export const readRows = ({ dims, data }: Tensor, what: string): readonly number[] => {
  const [clips, rows] = dims as [number, number];
  return Array.from({ length: clips }, (_, clip) => {
    const own = data.subarray(clip * rows, (clip + 1) * rows);
    const count = own.findIndex((value) => value !== 1);
    const read = count < 0 ? rows : count;
    if (own.some((value, row) => value !== (row < read ? 1 : 0)))
      throw new EngineError("input-invalid", `${what} is none of ones followed by zeros.`, {
        hint: "Put the rows that are read first.",
      });
    return read;
  });
};
