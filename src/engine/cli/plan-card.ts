import { recordedReadings } from "../cache/recorded-readings.js";
import { cardFromConfig } from "../cards/build.js";
import type { ModelCard, RunSize } from "../cards/card.js";
import { cardFromJson } from "../cards/card-from-json.js";
import { modelCard } from "../cards/index.js";
import { latentFrames, tokensOf } from "../cards/tokens.js";
import { EngineError } from "../errors.js";
import { dtypeOf } from "../plan/dtypes.js";
import { gpuOf } from "../plan/gpus.js";
import { diffusersCacheBytes } from "../plan/in-diffusers.js";
import { type PlanBeside, planToJson } from "../plan/plan-json.js";
import { planRun, type RunPlan } from "../plan/plan-run.js";
import { planText } from "../plan/plan-text.js";
import { schedulerFromConfig } from "../schedulers/index.js";
import { type Sigmas, scheduleOf } from "../schedulers/pipeline-sigmas.js";
import { traceFromJson } from "../trace/trace-from-json.js";
import { type Flag, methodsOf, numberOf, printNotes, textOf, type Values } from "./arguments.js";
import { schedulerOf, sigmasOf } from "./model.js";
import { print } from "./print.js";
import { jsonFile, parsedFile, textFile } from "./read-file.js";

/** Flags of `plan` for a real model. */
export const cardFlags: Readonly<Record<string, Flag>> = {
  card: { value: "NAME|FILE.json", help: "plan on a real model; the verb cards lists the names" },
  config: { value: "config.json", help: "plan on the network that a configuration of diffusers describes" },
  size: { value: "WxH", help: "with a card: width and height in pixels (default: the model's)" },
  frames: { value: "N", help: "with a card: frames of the video (default: the model's)" },
  clips: { value: "N", help: "with a card: clips or images of one run (default: 1)" },
  dtype: { value: "NAME", help: "with a card: bf16, fp16, fp32, fp8, int8, nf4 or nvfp4 (default: bf16)" },
  share: { value: "S", help: "with a card: share of steps, 0 to 1, that a method skips which decides by data" },
  gpu: { value: "NAME", help: "with a card: a GPU to say time and memory of" },
  "gpu-gib": { value: "N", help: "with a card: memory of the GPU, in GiB" },
  seconds: { value: "S", help: "with a card: what one uncached run takes, to say what a cached one would" },
};

const invalid = (message: string, hint: string): EngineError => new EngineError("argument-invalid", message, { hint });

/** Whether the flags ask for a plan on a card; flags of such plans are refused without one. */
export const asksForCard = (values: Values): boolean => {
  const [card, config] = [textOf(values, "card"), textOf(values, "config")];
  if (card !== undefined && config !== undefined)
    throw invalid("--card and --config cannot be given together.", "A configuration makes a card of its own.");
  if (card !== undefined || config !== undefined) return true;
  const lone = Object.keys(cardFlags).find((flag) => values[flag] !== undefined);
  if (lone !== undefined) throw invalid(`--${lone} is given without --card.`, "Name a card: --card FLUX.1-dev.");
  return false;
};

const cardOf = async (values: Values): Promise<ModelCard> => {
  const [card, config] = [textOf(values, "card"), textOf(values, "config")];
  if (config !== undefined) return cardFromConfig(await jsonFile(config));
  if (!card?.endsWith(".json")) return modelCard(card ?? "");
  return cardFromJson(parsedFile(card, await textFile(card)));
};

const sizeOf = (values: Values): Partial<RunSize> => {
  const text = textOf(values, "size");
  const frames = numberOf(values, "frames");
  const [, width, height] = /^(\d{1,6})[x×](\d{1,6})$/i.exec(text ?? "") ?? [];
  if (text !== undefined && !(width && height))
    throw invalid(`--size is "${text}"; expected width and height.`, "Write it like 832x480.");
  return {
    ...(width && height ? { width: Number(width), height: Number(height) } : {}),
    ...(frames === undefined ? {} : { frames }),
  };
};

/** A number of a flag within bounds. */
const within = (values: Values, flag: string, low: number, high: number): number | undefined => {
  const value = numberOf(values, flag);
  if (value !== undefined && !(value >= low && value <= high))
    throw invalid(`--${flag} is ${value}; expected a number from ${low} to ${high}.`, "Give another.");
  return value;
};

/** What is known of steps and noise where no scheduler is given: the card's own rule, or sigmas that it shifts. */
const withoutScheduler = (sigmas: Sigmas | undefined, steps: number | undefined) => {
  if (sigmas === "scheduler")
    throw invalid("--sigmas scheduler asks for a scheduler.", "Give its folder: --scheduler DIR.");
  if (sigmas === undefined || sigmas === "pipeline") return steps === undefined ? {} : { steps };
  if (steps !== undefined && steps !== sigmas.length)
    throw invalid(`--steps is ${steps}, but --sigmas has ${sigmas.length} numbers.`, "Leave --steps out.");
  return { sigmas };
};

/** The timesteps of a scheduler_config.json, with the sigmas that the model's pipeline passes to it. */
const laidBy = async (
  folder: string,
  card: ModelCard,
  size: Partial<RunSize>,
  sigmas: Sigmas | undefined,
  steps: number | undefined,
) => {
  const scheduler = await schedulerOf(folder);
  const { channels, space } = card.latent;
  const { width, height, frames } = { ...(card.sizes[0] as RunSize), ...size };
  tokensOf(card, { width, height, frames });
  const { steps: count, schedule } = scheduleOf({
    ...{ sigmas, steps, defaultSteps: card.steps, scheduler },
    // Pipelines that pack squares of latents tell it by the channels of the network.
    network: { _class_name: card.class, in_channels: channels * card.patch[1] * card.patch[2] },
    size: { channels, frames: latentFrames(card, frames), height: height / space, width: width / space },
  });
  return { timesteps: schedulerFromConfig(scheduler, count, schedule).timesteps };
};

const planOf = async (values: Values) => {
  const [card, methods] = [await cardOf(values), await methodsOf(values)];
  const [file, scheduler, dtype] = [textOf(values, "readings"), textOf(values, "scheduler"), textOf(values, "dtype")];
  const share = within(values, "share", 0, 1);
  const [guidance, clips] = [numberOf(values, "guidance"), within(values, "clips", 1, 1000)];
  const recorded = file === undefined ? undefined : traceFromJson(await jsonFile(file));
  const size = sizeOf(values);
  const sigmas = sigmasOf(values);
  const given = numberOf(values, "steps") ?? recorded?.timesteps.length;
  const lay =
    scheduler === undefined
      ? await withoutScheduler(sigmas, given)
      : await laidBy(scheduler, card, size, sigmas, given);
  const deciding = methods.flatMap((method) => method.parts ?? [method]).filter(({ probes }) => probes);
  const plan = planRun({
    ...{ card, methods, ...size, ...lay },
    ...(guidance === undefined ? {} : { guidance }),
    ...(clips === undefined ? {} : { clips }),
    ...(dtype === undefined ? {} : { dtype: dtypeOf(dtype) }),
    ...(share === undefined ? {} : { shares: Object.fromEntries(deciding.map(({ name }) => [name, share])) }),
    ...(recorded ? { readings: recordedReadings(recorded) } : {}),
  });
  if (share !== undefined && deciding.length === 0)
    throw invalid("--share is for methods that decide by what they measure.", "Leave it out: this plan is exact.");
  return { plan, methods };
};

const besideOf = (values: Values, plan: RunPlan, methods: Parameters<typeof diffusersCacheBytes>[1]): PlanBeside => {
  const seconds = within(values, "seconds", 1e-6, 1e9);
  const gpuGib = within(values, "gpu-gib", 0.1, 10_000);
  const gpu = textOf(values, "gpu");
  const more = diffusersCacheBytes(plan, methods);
  return {
    ...(seconds === undefined ? {} : { seconds }),
    ...(gpu === undefined ? {} : { gpu: gpuOf(gpu) }),
    ...(gpuGib === undefined ? {} : { gpuGib }),
    ...(more === undefined ? {} : { diffusersCacheBytes: more }),
  };
};

/** Plans on a card, and prints it. */
export const planOnCard = async (values: Values): Promise<void> => {
  const { plan, methods } = await planOf(values);
  const beside = besideOf(values, plan, methods);
  printNotes(methods);
  print(values.json === true ? JSON.stringify(planToJson(plan, beside)) : planText(plan, beside));
};
