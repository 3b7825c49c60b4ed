import { EngineError } from "../errors.js";
import type { GraphBuilder, GraphValue } from "../graph/builder.js";
import type { WeightStore } from "../graph/weights.js";
import type { Geometry, Stream } from "../models/model.js";
import { fractionalTables, gridPositions, type Positions, quarterTurn } from "../models/rotary.js";
import type { Tensor } from "../tensor.js";
import { type Architecture, defineRope } from "./architecture.js";
import type { Rotation } from "./kit/layers.js";

/** The condition that says where tokens lie, as the network takes it in diffusers: [clips, 3, tokens]. */
const name = "video_coords";

/** Seconds, and pixels down and across, in units of the base clip: 20 s of 2048 × 2048 pixels. */
const inBaseClip = (seconds: number, down: number, across: number): readonly number[] => [
  Math.fround(seconds / 20),
  down / 2048,
  across / 2048,
];

/** As LTXPipeline places latents: 8 frames of 25 a second and 32 × 32 pixels to each, in float32. */
const usual = ({ frames, height, width }: Geometry): Positions =>
  gridPositions(frames, height, width).map(([frame, row, column]) =>
    inBaseClip(Math.fround((frame as number) * Math.fround(8 / 25)), (row as number) * 32, (column as number) * 32),
  );

/** Rotary tables of LTX-Video: those of LTXPipeline, or of positions that the run gives, and the condition these come as. */
export const ltxRotation = (weights: WeightStore, geometry: Geometry, heads: number, width: number) => {
  const { clips: B, frames, height, width: columns, given = [] } = geometry;
  const table = `${frames}×${height}×${columns}`;
  if (!given.includes(name)) {
    defineRope(weights, table, fractionalTables(usual(geometry), heads, width));
    return { tables: table, conditions: [] };
  }
  weights.define(`turn ${width}`, () => quarterTurn(width));
  const S = frames * height * columns;
  const tables = (g: GraphBuilder, stream: Stream): Rotation =>
    g.once("rotation", () => {
      const half = (index: number): GraphValue =>
        g.reshape(g.slice(stream.get(name), 1, index, index + 1), [B, S, heads, width]);
      return { cos: half(0), sin: half(1) };
    });
  return { tables, conditions: [{ name, dims: [B, 2, S, heads, width] }] };
};

const expectPositions = (given: Tensor | undefined, clips: number, tokens: number): void => {
  if (!given || (given.dims.length === 3 && given.dims[1] === 3 && given.dims[2] === tokens)) return;
  throw new EngineError(
    "input-invalid",
    `The input "${name}" has the shape [${given.dims.join(", ")}]; expected [${clips}, 3, ${tokens}].`,
    { hint: "Give seconds, pixels down and pixels across of each latent, as LTXConditionPipeline makes them." },
  );
};

/**
 * The parts of an {@link Architecture} that take positions: "video_coords", seconds and pixels of the corner of each latent,
 * as LTXConditionPipeline passes them (LTX-Video 0.9.5 and later), of both branches if the second has none of its own.
 */
export const givenPositions = (
  heads: (json: unknown) => { readonly heads: number; readonly headWidth: number },
): Pick<Architecture, "guided" | "condition"> => ({
  guided(inputs, scale) {
    const { cond, uncond, noise } = inputs;
    const [clips, , frames, height, width] = noise.dims as [number, number, number, number, number];
    for (const given of [cond[name], uncond?.[name]]) expectPositions(given, clips, frames * height * width);
    const own = cond[name] && uncond && !uncond[name] ? { uncond: { ...uncond, [name]: cond[name] } } : {};
    return { ...inputs, ...own, guidance: scale };
  },
  condition(condition, value, json) {
    if (condition !== name) return value;
    const [clips, , tokens] = value.dims as [number, number, number];
    const config = heads(json);
    const clip = (index: number): readonly Float32Array[] => {
      const at = (axis: number, token: number): number => value.data[(index * 3 + axis) * tokens + token] as number;
      const positions = Array.from({ length: tokens }, (_, token) =>
        inBaseClip(at(0, token), at(1, token), at(2, token)),
      );
      const { cos, sin } = fractionalTables(positions, config.heads, config.headWidth);
      return [cos.data, sin.data];
    };
    const tables = Array.from({ length: clips }, (_, index) => clip(index)).flat();
    const { length } = tables[0] as Float32Array;
    const data = new Float32Array(tables.length * length);
    for (const [index, one] of tables.entries()) data.set(one, index * length);
    return { dims: [clips, 2, tokens, config.heads, config.headWidth], data };
  },
});
