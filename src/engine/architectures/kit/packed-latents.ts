import { EngineError } from "../../errors.js";
import type { GraphBuilder, GraphValue } from "../../graph/builder.js";
import type { Geometry, Stream } from "../../models/model.js";
import { packed, unpacked } from "../../models/packing.js";
import { gridPositions, type Positions } from "../../models/rotary.js";
import type { Architecture } from "../architecture.js";
import type { ConfigReader } from "../config-reader.js";
import type { Layers } from "./layers.js";

// The FLUX family: squares of latents are packed into tokens before the network, 2×2 in diffusers' pipelines.

/**
 * The side of a pack of latents that is one token: 2 where latents have a quarter of `in_channels`.
 * @throws EngineError "input-invalid" if the channels do not fill `in_channels` with a square of latents
 */
export const packSide = (inChannels: number, channels: number): number => {
  const side = Math.sqrt(inChannels / channels);
  if (Number.isInteger(side)) return side;
  throw new EngineError("input-invalid", `Latents of ${channels} channels cannot be packed into ${inChannels}.`, {
    hint: `Give latents of ${inChannels / 4} channels, as the model's pipeline in diffusers has them.`,
  });
};

/**
 * Latents of a geometry as tokens: how many, in what grid, and back as [clips, channels, 1, height, width].
 * @throws EngineError "input-invalid" for latents that packs do not fill
 */
export const packedGrid = (inChannels: number, { clips, channels, height, width }: Geometry) => {
  const side = packSide(inChannels, channels);
  if (height % side || width % side)
    throw new EngineError("input-invalid", `Latents of ${height}×${width} cannot be packed ${side}×${side}.`, {
      hint: `Give latents whose height and width are multiples of ${side}.`,
    });
  const [rows, columns] = [height / side, width / side];
  return {
    ...{ rows, columns, count: rows * columns },
    volume(g: GraphBuilder, latents: GraphValue): GraphValue {
      const packs = g.reshape(latents, [clips, rows, columns, channels, side, side]);
      return g.reshape(g.transpose(packs, [0, 3, 1, 4, 2, 5]), [clips, channels, 1, height, width]);
    },
  };
};

/** Latents and text as the streams "x" [B, N, D] and "context" [B, T, D]. */
export const packedEmbedders =
  (layers: Layers, D: number, bias = true) =>
  (g: GraphBuilder, stream: Stream): void => {
    stream.set("x", layers.linear(g, stream.get("latents"), "x_embedder", D, bias));
    stream.set("context", layers.linear(g, stream.get("text"), "context_embedder", D, bias));
  };

/** Positions of FLUX.1: `tokens` rows of text at the origin, then the picture. */
export const fluxPositions = (tokens: number, rows: number, columns: number): Positions => [
  ...Array<number[]>(tokens).fill([0, 0, 0]),
  ...gridPositions(1, rows, columns),
];

/** The parts of an {@link Architecture} that pack. `inChannels` reads `in_channels` of a config.json. */
export const packedLatents = (
  inChannels: (json: unknown) => number,
): Pick<Architecture, "shape" | "pack" | "unpack"> => ({
  shape: (json) => ({ channels: inChannels(json) / 4, frames: 1, height: 128, width: 128 }),
  pack: (noise, json) => packed(noise, packSide(inChannels(json), noise.dims[1] as number)),
  unpack: (data, dims, json) => unpacked(data, dims, packSide(inChannels(json), dims[1] as number)),
});

/** What a config.json says of packed latents and their rotary positions; `axes` are the class's own widths of axes. */
export const packedConfig = (config: ConfigReader, channels: number, axes: readonly number[], headWidth: number) => {
  if (config.whole("patch_size", 1) !== 1) config.refuse("patch_size", "1 (latents are packed before the model)");
  const inChannels = config.whole("in_channels", channels);
  if (inChannels % 4) config.refuse("in_channels", "a multiple of 4, for packs of 2×2 latents");
  const outChannels = config.maybe("out_channels") ?? inChannels;
  if (outChannels !== inChannels) config.refuse("out_channels", `in_channels = ${inChannels}`);
  const ropeAxes = config.wholes("axes_dims_rope", axes, axes.length);
  if (ropeAxes.some((axis) => axis % 2)) config.refuse("axes_dims_rope", `${axes.length} even numbers`);
  if (ropeAxes.reduce((sum, axis) => sum + axis, 0) !== headWidth)
    config.refuse("axes_dims_rope", `numbers that add up to attention_head_dim = ${headWidth}`);
  return { inChannels, outChannels, ropeAxes };
};
