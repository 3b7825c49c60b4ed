import type { RunPlan } from "diffusion-cache";
import type { Choice } from "./choice.js";

/** What the support table says of a method in the model's pipeline. */
export interface Fit {
  readonly state: string;
  readonly why?: string;
}

const offBy = (plan: RunPlan): boolean => plan.steps < 10;

/** What a reader should know before running these settings on this model, the most serious first. */
export const pitfallsOf = (plan: RunPlan, choice: Choice, fit: Fit | undefined): readonly string[] => {
  const { card, decidedBy, cacheBytes, weightsBytes, idealSpeedUp } = plan;
  const { method } = choice;
  const by = decidedBy[method];
  const acts = method !== "none";
  const all: readonly (readonly [boolean, string])[] = [
    [
      fit !== undefined && ["raises", "no-effect", "wrong"].includes(fit.state),
      `${card.pipeline} in diffusers 0.42.1: ${fit?.why ?? "does not work."} Use cache-dit, or another method.`,
    ],
    [fit?.state === "one-call" || fit?.state === "own-callback", `${card.pipeline}: ${fit?.why ?? ""}`],
    [
      acts && cacheBytes > weightsBytes,
      "The cache is larger than the weights. Methods at the block stack keep one or two tensors.",
    ],
    [acts && idealSpeedUp < 1.02, "Nothing is gained: the window or the settings leave no step to skip."],
    [
      by === "recorded",
      "How much is skipped is what a published run with these settings skipped, of other prompts and perhaps another number of steps.",
    ],
    [
      by === "share",
      "No published run says how many steps are skipped with these settings, so the share is assumed. Only a run shows which steps are skipped, and what that does to the picture.",
    ],
    [
      method === "magcache" && by === "share",
      "MagCache needs ratios measured on this model, and these options hold none: take a published setting where there is one, or let the script measure them.",
    ],
    [
      acts && card.experts !== undefined,
      "Two experts: each keeps its own state, and the one that takes over computes its first steps again.",
    ],
    [
      acts && plan.passes > plan.branches,
      `The pipeline guides by ${plan.passes} passes a step, and each keeps a state of its own. Without its further guidance two are left, and half of the time.`,
    ],
    [
      acts && offBy(plan),
      "Few steps leave little to skip, and neighbouring steps differ much: fewer steps may be the better cache.",
    ],
    [
      acts && card.guidance === "distilled" && method === "cfgcache",
      "The model is told the scale: there is no second branch to skip.",
    ],
    [
      acts && ["nf4", "nvfp4", "fp8", "int8"].includes(choice.dtype),
      "Quantised weights make outputs noisier: thresholds have to rise, and the cache stays 16-bit.",
    ],
    [
      acts && card.batched,
      "Both branches run as one batch: methods that decide for each branch alone decide once for both.",
    ],
  ];
  return all.filter(([applies]) => applies).map(([, text]) => text);
};
