import { type AdaCacheOptions, adaCache, type CompareRequest, compare } from "diffusion-cache";

/** AdaCache (arXiv:2411.02397): the change of one block, looked up in a code book, says how many steps all blocks rest. */
export const methods = (options: AdaCacheOptions) => [adaCache(options)];

/** The same clip twice, from the same noise: with every step computed, then with the cache. */
export const run = (request: CompareRequest<AdaCacheOptions>) =>
  compare(request, methods(request.settings.options ?? {}));

/** The controls of the page. */
export const knobs = [
  {
    name: "codebook",
    label: "Code book",
    type: "select" as const,
    default: "30-slow",
    choices: ["30-slow", "30-fast", "100"],
    help: "The authors' books: two for 30 steps, and one for 100.",
  },
  {
    name: "lastSteps",
    label: "Last steps",
    type: "range" as const,
    default: 2,
    min: 0,
    max: 5,
    step: 1,
    unit: "steps",
    help: "Steps at the end that are computed.",
  },
];
