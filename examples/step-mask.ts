import { type CompareRequest, compare, type StepMaskOptions, stepMask } from "diffusion-cache";

/** Step masks: which steps rest is written down before the run, here as one of cache-dit's presets. */
export const methods = (options: StepMaskOptions) => [stepMask(options)];

/** The same clip twice, from the same noise: with every step computed, then with the cache. */
export const run = (request: CompareRequest<StepMaskOptions>) =>
  compare(request, methods(request.settings.options ?? {}));

/** The controls of the page. */
export const knobs = [
  {
    name: "preset",
    label: "Preset",
    type: "select" as const,
    default: "medium",
    choices: ["slow", "medium", "fast", "ultra"],
    help: "Made for 28 steps; another number is stretched to the nearest.",
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
