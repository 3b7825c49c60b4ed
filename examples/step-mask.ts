import { type CompareRequest, compare, type StepMaskOptions, stepMask } from "diffusion-cache";

/** What the controls say: a preset, or "none" and every n-th step. */
interface Controls extends Pick<StepMaskOptions, "site"> {
  readonly preset?: "slow" | "medium" | "fast" | "ultra" | "none";
  readonly every?: number;
}

/** Step masks: which steps rest is written down before the run, as one of cache-dit's presets or as every n-th step. */
export const methods = ({ preset = "medium", every = 2, site = "blocks" }: Controls) => [
  stepMask(preset === "none" ? { every, site } : { preset, site }),
];

/** The same clip twice, from the same noise: with every step computed, then with the cache. */
export const run = (request: CompareRequest<Controls>) => compare(request, methods(request.settings.options ?? {}));

/** The controls of the page. */
export const knobs = [
  {
    name: "preset",
    label: "Preset",
    type: "select" as const,
    default: "medium",
    choices: ["slow", "medium", "fast", "ultra", "none"],
    help: "Made for 28 steps; another number is stretched to the nearest.",
  },
  {
    name: "every",
    label: "Compute every",
    type: "range" as const,
    default: 2,
    min: 1,
    max: 10,
    step: 1,
    help: "Steps from one computed step to the next, where the preset is none.",
  },
  {
    name: "site",
    label: "What rests",
    type: "select" as const,
    default: "blocks",
    choices: ["blocks", "output", "guided"],
    help: "The blocks, the whole network in each pass, or the step with both its passes.",
  },
];
