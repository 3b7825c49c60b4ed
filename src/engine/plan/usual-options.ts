import { knownAhead } from "../cache/decide.js";
import { latteSites } from "../cache/dry-run.js";
import { type MethodName, methodFromName } from "../cache/methods/index.js";
import { standIn } from "../calibrate/stand-ins.js";
import type { ModelCard } from "../cards/card.js";
import { accept, anObject, aText, wholeFrom } from "../expect.js";
import type { CacheMethod } from "../method.js";
import { aCard } from "./checks.js";

/** Options of a method. */
export type Options = Readonly<Record<string, unknown>>;

/** Options of a method that make sense on a model, before anything is published for it. */
export const usualOptions = (card: ModelCard, name: MethodName): Options => {
  accept("usualOptions", { card: [card, aCard], name: [name, aText] });
  const kinds = new Set(card.blocks.flatMap(({ sublayers }) => sublayers.map(({ kind }) => kind)));
  if (name === "pab")
    return {
      spatialAttentionBlockSkipRange: 2,
      ...(kinds.has("temporal-attention") ? { temporalAttentionBlockSkipRange: 4 } : {}),
      ...(kinds.has("cross-attention") ? { crossAttentionBlockSkipRange: 6 } : {}),
    };
  if (name === "fastercache" && card.guidance !== "classifier-free") return { isGuidanceDistilled: true };
  if (name === "mask") return { every: 2 };
  return {};
};

/**
 * A method to plan with: numbers that belong to a calibration may be missing, if a share is set for it.
 * @throws EngineError "input-invalid", "method-unknown", "option-invalid", "option-unknown"
 */
export const methodToPlan = (name: MethodName, options: Options, steps: number): CacheMethod => {
  accept("methodToPlan", { name: [name, aText], options: [options, anObject], steps: [steps, wholeFrom(1, 1000)] });
  return methodFromName(name, { ...standIn(name, steps), ...options });
};

/** Whether nothing but a run, or a share that is set, says what the method would skip under these options. */
export const needsShare = (name: MethodName, options: Options): boolean => {
  accept("needsShare", { name: [name, aText], options: [options, anObject] });
  const open = Object.keys(standIn(name, 2)).some((key) => !(key in options));
  return open || !knownAhead(methodToPlan(name, options, 2), latteSites(2));
};
