import { cardFromConfig } from "../cards/build.js";
import type { ModelCard, RunSize } from "../cards/card.js";
import { cardFromJson } from "../cards/card-from-json.js";
import { modelCard } from "../cards/index.js";
import { latentFrames, tokensOf } from "../cards/tokens.js";
import { EngineError } from "../errors.js";
import type { CandidatesRequest } from "../plan/candidates.js";
import { dtypeOf } from "../plan/dtypes.js";
import { schedulerFromConfig } from "../schedulers/index.js";
import { type Sigmas, scheduleOf, trailingSigmas } from "../schedulers/pipeline-sigmas.js";
import { textOf, type Values } from "./arguments.js";
import { schedulerOf, sigmasOf } from "./model.js";
import { guidanceOf, numberOf, within } from "./numbers.js";
import { jsonFile, parsedFile, textFile } from "./read-file.js";

/** What flags say that cannot be. */
export const invalid = (message: string, hint: string): EngineError =>
  new EngineError("argument-invalid", message, { hint });

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

/** The share in --share. */
export const shareOf = (values: Values): number | undefined => within(values, "share", 0, 1);

/** What is known of steps and noise where no scheduler is given: the card's own rule, or sigmas that it shifts. */
const withoutScheduler = (sigmas: Sigmas | undefined, steps: number | undefined) => {
  if (sigmas === "scheduler")
    throw invalid("--sigmas scheduler asks for a scheduler.", "Give its folder: --scheduler DIR.");
  if (sigmas === undefined || sigmas === "pipeline") return steps === undefined ? {} : { steps };
  if (sigmas === "trailing") {
    if (steps === undefined) throw invalid("--sigmas trailing asks for a number of steps.", "Give it: --steps 28.");
    return { sigmas: trailingSigmas(steps) };
  }
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

/** The run that the flags ask for, before any method; steps are those of a recorded run unless others are given. */
export const requestOf = async (values: Values, recordedSteps?: number): Promise<CandidatesRequest> => {
  const card = await cardOf(values);
  const [scheduler, dtype] = [textOf(values, "scheduler"), textOf(values, "dtype")];
  const [guidance, clips] = [guidanceOf(values), within(values, "clips", 1, 1000)];
  const size = sizeOf(values);
  const sigmas = sigmasOf(values);
  const given = numberOf(values, "steps") ?? recordedSteps;
  const lay =
    scheduler === undefined
      ? await withoutScheduler(sigmas, given)
      : await laidBy(scheduler, card, size, sigmas, given);
  return {
    ...{ card, ...size, ...lay },
    ...(guidance === undefined ? {} : { guidance }),
    ...(clips === undefined ? {} : { clips }),
    ...(dtype === undefined ? {} : { dtype: dtypeOf(dtype) }),
  };
};
