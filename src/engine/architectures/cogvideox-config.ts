import type { WeightStore } from "../graph/weights.js";
import { positions3d } from "../models/embeddings.js";
import { gridPositions } from "../models/rotary.js";
import { ropeTables } from "./architecture.js";
import { configReader } from "./config-reader.js";
import { activations } from "./kit/layers.js";

export type CogVideoXConfig = ReturnType<typeof cogVideoXConfig>;

/** @throws EngineError "model-config" that names the field, its value and what was expected */
export const cogVideoXConfig = (json: unknown) => {
  const config = configReader(json, "Only CogVideoX checkpoints as diffusers saves them are supported.");
  config.ignore("dropout");
  const [heads, headWidth] = [config.whole("num_attention_heads", 30), config.whole("attention_head_dim", 64)];
  const rotary = config.flag("use_rotary_positional_embeddings", false);
  if (rotary && headWidth % 16) config.refuse("attention_head_dim", "a multiple of 16, for rotary positions");
  if ((heads * headWidth) % 16) config.refuse("attention_head_dim", "heads × attention_head_dim divisible by 16");
  const patch = config.whole("patch_size", 2);
  const deep = config.maybe("patch_size_t");
  const outChannels = config.whole("out_channels", 16);
  const found = {
    ...{ heads, headWidth, rotary, patch, outChannels },
    /** CogVideoX 1.5 cuts patches over several frames, by a linear layer. */
    deep,
    /** More than `outChannels` where a picture conditions the clip: it comes in as further channels. */
    inChannels: config.whole("in_channels", 16),
    timeChannels: config.whole("time_embed_dim", 512),
    offsetChannels: config.maybe("ofs_embed_dim"),
    textChannels: config.whole("text_embed_dim", 4096),
    layers: config.whole("num_layers", 30),
    bias: config.flag("attention_bias", true),
    patchBias: config.flag("patch_bias", true),
    width: config.whole("sample_width", 90),
    height: config.whole("sample_height", 60),
    frames: config.whole("sample_frames", 49),
    compression: config.whole("temporal_compression_ratio", 4),
    textRows: config.whole("max_text_seq_length", 226),
    activation: config.oneOf("activation_fn", "gelu-approximate", activations),
    affine: config.flag("norm_elementwise_affine", true),
    epsilon: config.real("norm_eps", 1e-5),
    spatial: config.real("spatial_interpolation_scale", 1.875),
    temporal: config.real("temporal_interpolation_scale", 1),
    learned: config.flag("use_learned_positional_embeddings", false),
    flipSinToCos: config.flag("flip_sin_to_cos", true),
    freqShift: config.whole("freq_shift", 0, 0),
  };
  config.oneOf("timestep_activation_fn", "silu", ["silu"]);
  if (found.inChannels < outChannels) config.refuse("in_channels", `at least out_channels = ${outChannels}`);
  if (found.offsetChannels !== undefined && found.offsetChannels !== found.timeChannels)
    config.refuse("ofs_embed_dim", `time_embed_dim = ${found.timeChannels}`);
  if (found.learned && !rotary) config.refuse("use_learned_positional_embeddings", "false without rotary positions");
  config.done();
  return found;
};

/** To the nearest, halves to the even one, as Python rounds. */
const rounded = (value: number): number => {
  const down = Math.floor(value);
  return value - down === 0.5 ? down + (down % 2) : Math.round(value);
};

/** Rotary tables of text, which does not turn, and video, as CogVideoXPipeline makes them. Returns their name. */
export const cogVideoXRope = (
  weights: WeightStore,
  config: CogVideoXConfig,
  [frames, rows, columns]: readonly [number, number, number],
  text: number,
): string => {
  const name = `${frames}×${rows}×${columns}+${text}`;
  const [baseRows, baseColumns] = [Math.floor(config.height / config.patch), Math.floor(config.width / config.patch)];
  const tall = rows / columns > baseRows / baseColumns;
  const height = tall ? baseRows : rounded((baseColumns / columns) * rows);
  const width = tall ? rounded((baseRows / rows) * columns) : baseColumns;
  const [top, left] = [rounded((baseRows - height) / 2), rounded((baseColumns - width) / 2)];
  /** The i-th of `count` places from `start` on towards `stop`. */
  const place = (index: number, count: number, start: number, stop: number): number =>
    count === 1 ? start : start + (index * ((stop * (count - 1)) / count - start)) / (count - 1);
  const ids = gridPositions(frames, rows, columns).map(([frame, row, column]) =>
    config.deep === undefined
      ? [
          frame as number,
          place(row as number, rows, top, top + height),
          place(column as number, columns, left, left + width),
        ]
      : [frame as number, row as number, column as number],
  );
  const side = 3 * (config.headWidth / 8);
  ropeTables(weights, name, [...Array<number[]>(text).fill([0, 0, 0]), ...ids], [config.headWidth / 4, side, side]);
  return name;
};

/** The positions that are added to a video's patches, by name; none where they only turn. */
export const cogVideoXPositions = (
  weights: WeightStore,
  { rotary, spatial, temporal }: CogVideoXConfig,
  grid: readonly [number, number, number],
  channels: number,
): string | undefined => {
  if (rotary) return undefined;
  const name = `positions ${grid.join("×")}`;
  weights.define(name, () => positions3d(grid, channels, { spatial, temporal }));
  return name;
};
