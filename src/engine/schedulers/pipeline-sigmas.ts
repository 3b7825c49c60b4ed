import { EngineError, shown } from "../errors.js";
import { accept, anObject, fields, orNull, wholeFrom } from "../expect.js";
import type { Schedule } from "./scheduler.js";
import { linspace } from "./spacing.js";

/**
 * Where the noise levels of a run's steps come from: what the model's diffusers pipeline passes to its scheduler
 * ("pipeline"), what the scheduler's own `set_timesteps` lays ("scheduler"), 1 down to 1/steps as the pipelines of the FLUX
 * family pass them ("trailing"), or numbers as `set_timesteps(sigmas=…)` takes them, noise first, before any shift.
 */
export type Sigmas = NamedSigmas | readonly number[];

export const namedSigmas = ["pipeline", "scheduler", "trailing"] as const;
/** What a manifest may name for its model's runs. */
export type NamedSigmas = (typeof namedSigmas)[number];

type Fields = Readonly<Record<string, unknown>>;

/** Height, width and the others of the latents before packing. */
interface LatentSize {
  readonly channels: number;
  readonly frames: number;
  readonly height: number;
  readonly width: number;
}

interface PipelineSchedule {
  /** The sigmas that the pipeline passes; none where it leaves them to the scheduler. */
  readonly sigmas?: (steps: number) => readonly number[];
  /** mu of so many tokens of latents. */
  readonly mu?: (tokens: number, steps: number, scheduler: Fields) => number;
  /** Tokens of the latents; `size` is missing where nobody said one, and the pipeline's usual one is taken. */
  readonly tokens?: (network: Fields, size: LatentSize | undefined) => number;
}

const numberIn = (fields: Fields, name: string, standard: number): number => {
  const value = fields[name] ?? standard;
  return typeof value === "number" ? value : standard;
};

/** calculate_shift of diffusers' pipelines: mu along a line through two sizes of image. */
const straightMu = (tokens: number, _: number, scheduler: Fields): number => {
  const [few, many] = [numberIn(scheduler, "base_image_seq_len", 256), numberIn(scheduler, "max_image_seq_len", 4096)];
  const [low, high] = [numberIn(scheduler, "base_shift", 0.5), numberIn(scheduler, "max_shift", 1.15)];
  const slope = (high - low) / (many - few);
  return tokens * slope + (low - slope * few);
};

/** compute_empirical_mu of Flux2Pipeline: a plane fitted to sizes and numbers of steps. */
export const empiricalMu = (tokens: number, steps: number): number => {
  const at200 = 0.00016927 * tokens + 0.45666666;
  if (tokens > 4300) return at200;
  const at10 = 8.73809524e-5 * tokens + 1.89833333;
  const slope = (at200 - at10) / 190;
  return slope * steps + (at200 - 200 * slope);
};

/** linear_quadratic_schedule of MochiPipeline, with its threshold of 0.025. */
const linearQuadratic = (steps: number): readonly number[] => {
  const linear = Math.floor(steps / 2);
  const threshold = 0.025;
  const excess = linear - threshold * steps;
  const bent = steps - linear;
  const [square, slope] = [excess / (linear * bent ** 2), threshold / linear - (2 * excess) / bent ** 2];
  return Array.from({ length: steps }, (_, i) =>
    i < linear ? 1 - (i * threshold) / linear : 1 - (square * i ** 2 + slope * i + square * linear ** 2),
  );
};

/** As the pipelines of the FLUX family pass them: from 1 to 1/steps. */
export const trailingSigmas = (steps: number): readonly number[] => linspace(1, 1 / steps, steps);
const cut = ({ frames, height, width }: LatentSize, side: number): number =>
  frames * Math.floor(height / side) * Math.floor(width / side);
/** As many latents to a side of a token as fill `in_channels`: 2 in the pipelines, whose usual image is 1024 × 1024. */
const packedTokens = (network: Fields, size: LatentSize | undefined): number =>
  size ? cut(size, Math.round(Math.sqrt(numberIn(network, "in_channels", 64) / size.channels))) : 4096;

const packed: PipelineSchedule = { sigmas: trailingSigmas, mu: straightMu, tokens: packedTokens };

/** By the network's class; a class that is not here has a pipeline that leaves all to its scheduler. */
const pipelines: Readonly<Record<string, PipelineSchedule>> = {
  ChromaTransformer2DModel: packed,
  Flux2Transformer2DModel: { ...packed, mu: empiricalMu },
  FluxTransformer2DModel: packed,
  HunyuanVideoTransformer3DModel: { sigmas: (steps) => linspace(1, 0, steps + 1).slice(0, -1) },
  LTXVideoTransformer3DModel: { ...packed, tokens: (_, size) => (size ? cut(size, 1) : 21 * 16 * 22) },
  MochiTransformer3DModel: { sigmas: linearQuadratic },
  QwenImageTransformer2DModel: packed,
  SD3Transformer2DModel: {
    mu: straightMu,
    tokens(network, size) {
      const patch = numberIn(network, "patch_size", 2);
      const side = numberIn(network, "sample_size", 128);
      return cut(size ?? { channels: 16, frames: 1, height: side, width: side }, patch);
    },
  },
  ZImageTransformer2DModel: { ...packed, tokens: (_, size) => (size ? cut(size, 2) : 4096) },
};

const invalid = (message: string, hint: string): EngineError => new EngineError("input-invalid", message, { hint });

/** How a run is to be scheduled, and what that is asked of. */
export interface ScheduleRequest {
  /** Default "pipeline". */
  readonly sigmas?: Sigmas | undefined;
  /** In place of the scheduler's, where its class takes them. */
  readonly timesteps?: readonly number[] | undefined;
  /** Of the request; undefined where it names none. */
  readonly steps?: number | undefined;
  /** Where neither the request nor its sigmas or timesteps say how many. */
  readonly defaultSteps: number;
  /** The network's config.json. */
  readonly network: unknown;
  /** The scheduler's scheduler_config.json. */
  readonly scheduler: unknown;
  /** Of the latents. Default: the pipeline's usual size. */
  readonly size?: LatentSize | undefined;
}

const side = wholeFrom(1, 65_536);
const aSize = fields({ channels: side, frames: side, height: side, width: side });

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.length > 0 && value.length <= 100_000 && value.every((one) => Number.isFinite(one));

const classOf = (config: unknown): string => String((config as { readonly _class_name?: unknown } | null)?._class_name);

/**
 * The number of steps and what `schedulerFromConfig` takes beside it.
 *
 * @throws EngineError "input-invalid" for sigmas and timesteps that are none, or not as many as steps
 */
export const scheduleOf = (request: ScheduleRequest): { readonly steps: number; readonly schedule: Schedule } => {
  accept("scheduleOf", {
    request: [
      request,
      fields({ "network?": orNull(anObject), scheduler: anObject, defaultSteps: wholeFrom(1), "size?": aSize }),
    ],
  });
  const { sigmas = "pipeline", timesteps, defaultSteps, network, scheduler, size } = request;
  if (!namedSigmas.includes(sigmas as NamedSigmas) && !isNumbers(sigmas))
    throw invalid(
      `sigmas is ${shown(sigmas)}; expected ${namedSigmas.map((name) => `"${name}"`).join(", ")} or a list of numbers.`,
      "Numbers begin at 1, which is noise: [1, 0.75, 0.5, 0.25].",
    );
  if (timesteps !== undefined && !isNumbers(timesteps))
    throw invalid(
      `timesteps is ${shown(timesteps)}; expected a list of numbers.`,
      "They begin with noise: [999, 499].",
    );
  if (timesteps && typeof sigmas !== "string")
    throw invalid("sigmas and timesteps cannot be given together.", "Give one of them.");
  const list = typeof sigmas === "string" ? timesteps : sigmas;
  // Euler's own list of sigmas ends in the one after the last step.
  const given = list && list.length - (list === sigmas && classOf(scheduler) === "EulerDiscreteScheduler" ? 1 : 0);
  if (given !== undefined && request.steps !== undefined && request.steps !== given)
    throw invalid(
      `steps is ${shown(request.steps)}, but there are ${list?.length} ${list === sigmas ? "sigmas" : "timesteps"}.`,
      "Leave steps out.",
    );
  const steps = given ?? request.steps ?? defaultSteps;
  const name = classOf(network);
  const pipeline = Object.hasOwn(pipelines, name) ? (pipelines[name] as PipelineSchedule) : {};
  const config = network as Fields;
  const tokens = pipeline.tokens?.(config, size) ?? 0;
  const mu = pipeline.mu ? { mu: pipeline.mu(tokens, steps, scheduler as Fields) } : {};
  if (timesteps) return { steps, schedule: { timesteps, ...mu } };
  if (typeof sigmas !== "string") return { steps, schedule: { sigmas, ...mu } };
  // As FluxPipeline does: a scheduler of the variance-preserving kind lays a flow's sigmas itself.
  const own =
    sigmas === "scheduler" || (sigmas === "pipeline" && (scheduler as Fields | null)?.use_flow_sigmas === true);
  const lay = sigmas === "trailing" ? trailingSigmas : pipeline.sigmas;
  const countable = Number.isInteger(steps) && steps >= 1 && steps <= 100_000;
  return { steps, schedule: { ...(own || !lay || !countable ? {} : { sigmas: lay(steps) }), ...mu } };
};
