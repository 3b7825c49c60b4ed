import { type CacheMethod, compute, reuse, type Site, type SiteMap } from "../../method.js";
import { checks, knownOptions } from "../options.js";

/** Runs of computed and of reused steps in turn, made for 28 steps (cache-dit's steps computation masks). */
const presets = {
  slow: { computed: [8, 3, 3, 2, 1, 1], reused: [1, 2, 2, 2, 3] },
  medium: { computed: [6, 2, 2, 2, 2, 1], reused: [1, 3, 3, 3, 3] },
  fast: { computed: [6, 1, 1, 1, 1, 1], reused: [1, 3, 4, 5, 4] },
  ultra: { computed: [4, 1, 1, 1, 1], reused: [2, 5, 6, 7] },
} as const;

const places = ["blocks", "output", "guided"] as const;

/** Options of {@link stepMask}: a mask, or a preset, or every n-th step. */
export interface StepMaskOptions {
  /** A digit per step, 1 for computed: "1110110101". The first must be 1; the run must have as many steps. Default: `null`. */
  readonly mask?: string | null;
  /** One of cache-dit's masks for 28 steps, stretched to the run's by the nearest step. Default: "medium", or `null` where another is given. */
  readonly preset?: "slow" | "medium" | "fast" | "ultra" | null;
  /** Compute every n-th step and the last. Default: `null`. */
  readonly every?: number | null;
  /** What rests: the blocks, whose residual is added again; the whole network; or the step with both its branches. Default: "blocks". */
  readonly site?: "blocks" | "output" | "guided";
}

/**
 * A mask of steps fixed before the run, the same for all blocks: drawn by hand, one of cache-dit's presets ("steps
 * computation mask"), or every n-th step. Nothing is measured and no number belongs to a model: the plainest method
 * there is, and the one that an adaptive one has to beat.
 *
 * @throws EngineError "option-unknown", "option-invalid"
 */
export const stepMask = (options: StepMaskOptions = {}): CacheMethod => {
  knownOptions("mask", options, ["mask", "preset", "every", "site"]);
  const { mask = null, every = null, site = "blocks" } = options;
  const { preset = mask === null && every === null ? "medium" : null } = options;
  const check = checks("mask");
  if ([mask, preset, every].filter((one) => one !== null).length !== 1)
    check.refuse("mask", mask, "exactly one of mask, preset and every");
  if (mask !== null && !(typeof mask === "string" && /^1[01]*$/.test(mask)))
    check.refuse("mask", mask, "a digit per step, the first a 1: there is nothing to reuse before it");
  if (preset !== null) check.oneOf("preset", preset, Object.keys(presets) as (keyof typeof presets)[]);
  if (every !== null) check.whole("every", every, 1);
  check.oneOf("site", site, places);
  return {
    name: "mask",
    source: "cache-dit, github.com/vipshop/cache-dit",
    options: { mask, preset, every, site },
    sites: (model) => [siteOf(model, site)],
    start({ steps }) {
      if (mask !== null && mask.length !== steps)
        check.refuse("mask", mask, `a digit for each of the ${steps} steps of this run; it has ${mask.length}`);
      const stretched = preset === null ? undefined : presetMask(preset, steps);
      const computed = (step: number): boolean =>
        every !== null ? step % every === 0 || step === steps - 1 : (mask ?? (stretched as string))[step] === "1";
      return ({ step }) => (computed(step) ? compute : reuse);
    },
  };
};

const siteOf = (model: SiteMap, site: (typeof places)[number]): Site =>
  ({ blocks: () => model.blocks(), output: () => model.output(), guided: () => model.guided() })[site]();

/** A preset for a run of `steps`: each step does what the nearest of the 28 does. */
export const presetMask = (preset: keyof typeof presets, steps: number): string => {
  const { computed, reused } = presets[preset];
  const full = computed.map((run, index) => "1".repeat(run) + "0".repeat(reused[index] ?? 0)).join("");
  if (steps === full.length) return full;
  const scale = steps === 1 ? 0 : (full.length - 1) / (steps - 1);
  return Array.from({ length: steps }, (_, step) => full[Math.round(step * scale)]).join("");
};
