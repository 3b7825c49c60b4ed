import {
  type Attend,
  type BlockGroup,
  type Linear,
  type ModelCard,
  type RunSize,
  type Shape,
  type SubLayer,
  type TimestepRule,
  type Work,
  workKinds,
} from "./card.js";
import { flag, list, number, oneOf, type Read, record, refuse, text, tuple, whole } from "./read.js";
import { isRows } from "./rows.js";

const format = "diffusion-cache/card";
const version = 1;

const rows: Read<string> = (value, path) =>
  isRows(value) ? value : refuse(path, value, "rows: a sum of products of N, L, T, S, I and 1, like N+L or T*L");
const width = whole(1, 1_048_576);

const linear = tuple<Linear>(rows, width, width);
const attend = tuple<Attend>(rows, rows, width);
const shape = tuple<Shape>(rows, width);
const work = record<Work>({ kind: oneOf(...workKinds), linears: list(linear) }, { attends: list(attend) });
const after = record<NonNullable<SubLayer["after"]>>({ linears: list(linear, 1), out: list(shape, 1) }, {});
const layerFields = record<SubLayer>(
  { kind: oneOf(...workKinds), linears: list(linear) },
  { attends: list(attend), site: text, out: list(shape, 1), after },
);
const layer: Read<SubLayer> = (value, path) => {
  const read = layerFields(value, path);
  if (read.site !== undefined && !read.out) refuse(`${path}.out`, undefined, "what a cache of the site keeps");
  return read;
};
const group = record<BlockGroup>(
  { name: text, repeat: whole(1, 1000), sublayers: list(layer, 1), stream: list(shape, 1) },
  {},
);

/** Of all blocks; a plan visits each of them in every step. FLUX.1-dev has 190. */
const mostSubLayers = 10_000;

const size = record<RunSize>({ width: whole(1, 32_768), height: whole(1, 32_768), frames: whole(1, 100_000) }, {});
const latent = record<ModelCard["latent"]>(
  { channels: whole(1, 4096), space: whole(1, 256), time: whole(1, 256) },
  {
    chunk: tuple<readonly [number, number]>(whole(1, 1000), whole(1, 1000)),
    rest: tuple<readonly [number, number]>(whole(0, 1000), whole(0, 1000)),
  },
);
const sound = record<NonNullable<ModelCard["sound"]>>(
  { framesPerSecond: number(1, 1000), rowsPerSecond: number(0.001, 1e5), channels: whole(1, 64) },
  {},
);
const positive = number(1e-6, 1e6);
const growing = record<{ base: number; most: number; tokens: readonly [number, number] }>(
  { base: number(-20, 20), most: number(-20, 20), tokens: tuple<readonly [number, number]>(whole(0), whole(1)) },
  {},
);
const timesteps: Read<TimestepRule> = (value, path) => {
  const { kind } = (value ?? {}) as { readonly kind?: unknown };
  oneOf("flow", "diffusion", "linear-quadratic")(kind, `${path}.kind`);
  if (kind === "diffusion")
    return record<Extract<TimestepRule, { kind: "diffusion" }>>(
      { kind: oneOf("diffusion"), spacing: oneOf("leading", "trailing"), offset: whole(0, 1000) },
      {},
    )(value, path);
  if (kind === "linear-quadratic")
    return record<Extract<TimestepRule, { kind: "linear-quadratic" }>>(
      { kind: oneOf("linear-quadratic"), threshold: number(0, 1) },
      {},
    )(value, path);
  return record<Extract<TimestepRule, { kind: "flow" }>>(
    {
      kind: oneOf("flow"),
      shift(one, where) {
        if (typeof one === "string") return oneOf("empirical")(one, where);
        return typeof one === "number" ? positive(one, where) : growing(one, where);
      },
    },
    { laid: oneOf("pipeline", "euler", "unipc") },
  )(value, path);
};

type CardFile = ModelCard & { readonly format: typeof format; readonly version: typeof version };

const file = record<CardFile>(
  {
    format: oneOf(format),
    version: oneOf(version),
    name: text,
    class: text,
    source: text,
    parameters: whole(1),
    latent,
    patch: tuple<readonly [number, number, number]>(whole(1, 64), whole(1, 64), whole(1, 64)),
    text: whole(0, 100_000),
    image: whole(0, 100_000),
    guidance: oneOf("classifier-free", "distilled", "none"),
    batched: flag,
    steps: whole(1, 1000),
    sizes: list(size, 1),
    timesteps,
    blocks: list(group, 1),
    outside: list(work),
    prediction: width,
  },
  {
    pipeline: text,
    repository: text,
    references: whole(0, 16),
    sound,
    filled: whole(1, 1024),
    conditionalPasses: whole(1, 8),
    interleaved: flag,
    experts: record<NonNullable<ModelCard["experts"]>>({ count: whole(1, 8), boundary: number(0, 1) }, {}),
    decodeFlopsPerPixel: number(0, 1e12),
  },
);

/** A card as the JSON that `cardFromJson` takes. */
export const cardToJson = (card: ModelCard): CardFile => ({ format, version, ...card });

/**
 * A model card from JSON that somebody else may have written.
 * @throws EngineError "card-invalid" that names the field, its value and what was expected
 */
export const cardFromJson = (json: unknown): ModelCard => {
  const { format: _, version: __, ...card } = file(json, "");
  const all = card.blocks.reduce((sum, { repeat, sublayers }) => sum + repeat * sublayers.length, 0);
  if (all > mostSubLayers) refuse("blocks", all, `at most ${mostSubLayers} sub-layers in all`);
  return card as ModelCard;
};
