import { recordedReadings } from "../cache/recorded-readings.js";
import { candidates, fulfilling } from "../plan/candidates.js";
import { candidatesText } from "../plan/candidates-text.js";
import { gpuOf } from "../plan/gpus.js";
import { diffusersCacheBytes } from "../plan/in-diffusers.js";
import { type PlanBeside, planToJson } from "../plan/plan-json.js";
import { planRun, type RunPlan } from "../plan/plan-run.js";
import { planText } from "../plan/plan-text.js";
import { traceFromJson } from "../trace/trace-from-json.js";
import { type Flag, methodsOf, printNotes, textOf, type Values } from "./arguments.js";
import { invalid, requestOf, shareOf } from "./card-request.js";
import { speedUpIn, within } from "./numbers.js";
import { print } from "./print.js";
import { jsonFile } from "./read-file.js";

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
  speedup: { value: "X", help: "with a card, in place of --method: settings of all methods that may get so fast" },
  "cache-gib": { value: "N", help: "the same: settings that keep at most N GiB" },
};

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

const planOf = async (values: Values) => {
  const [methods, file, share] = [await methodsOf(values), textOf(values, "readings"), shareOf(values)];
  const recorded = file === undefined ? undefined : traceFromJson(await jsonFile(file));
  const deciding = methods.flatMap((method) => method.parts ?? [method]).filter(({ probes }) => probes);
  const plan = planRun({
    ...{ ...(await requestOf(values, recorded?.timesteps.length)), methods },
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

/** Finds settings that reach a wish, and prints them. */
const searchOnCard = async (values: Values): Promise<void> => {
  const lone = (...flags: string[]) => flags.find((flag) => values[flag] !== undefined);
  const setting = lone("method", "options", "preset", "calibration", "readings");
  if (setting !== undefined)
    throw invalid(
      `--${setting} cannot be given with --speedup or --cache-gib, which try all methods.`,
      "Leave it out.",
    );
  const machine = lone("gpu", "gpu-gib", "seconds");
  if (machine !== undefined)
    throw invalid(
      `--${machine} cannot be given with --speedup or --cache-gib, which list settings without a GPU's time and memory.`,
      "Plan one of the settings with --method.",
    );
  const [speedup, gib, share] = [speedUpIn(values), within(values, "cache-gib", 0, 10_000), shareOf(values)];
  const all = [...candidates(await requestOf(values), { many: true, ...(share === undefined ? {} : { share }) })];
  const found = fulfilling(all, {
    ...(speedup === undefined ? {} : { speedup }),
    ...(gib === undefined ? {} : { cacheBytes: gib * 2 ** 30 }),
  });
  print(values.json === true ? JSON.stringify(found) : candidatesText(found));
};

/** Plans on a card, and prints it. */
export const planOnCard = async (values: Values): Promise<void> => {
  const checkpoints = ["model", "preset"].find((flag) => values[flag] !== undefined);
  if (checkpoints !== undefined)
    throw invalid(
      `--${checkpoints} is of a checkpoint, and cannot be given with --card or --config.`,
      "Give its calibration by --calibration, its scheduler by --scheduler, settings by --options.",
    );
  if (values.speedup !== undefined || values["cache-gib"] !== undefined) return searchOnCard(values);
  const { plan, methods } = await planOf(values);
  const beside = besideOf(values, plan, methods);
  printNotes(methods);
  print(values.json === true ? JSON.stringify(planToJson(plan, beside)) : planText(plan, beside));
};
