import type { MethodName } from "../cache/methods/index.js";
import type { ModelCard } from "../cards/card.js";
import { accept, anObject, aText, fields, is, wholeFrom } from "../expect.js";
import { aCard } from "./checks.js";
import type { Shares } from "./decided-by.js";
import { recordedShare } from "./recorded-shares.js";
import { methodToPlan, needsShare, type Options } from "./usual-options.js";

/** The share of steps that a method by data is taken to skip where neither a run nor the reader says one. */
export const usualShare = 0.5;

/** A share of steps. */
export const aShare = is("a number from 0 to 1", (value) => typeof value === "number" && value >= 0 && value <= 1);

/**
 * What `planRun` takes as `shares` for one method: nothing where its settings or a published run say what is skipped, or
 * else the share that is asked for, or else {@link usualShare}. A share that is asked for goes before a published run.
 *
 * @throws EngineError "input-invalid"; for options that the method does not take, as `methodToPlan`
 */
export const sharesToPlan = (
  name: MethodName,
  options: Options,
  run: { readonly card: ModelCard; readonly steps: number; readonly share?: number | undefined },
): Shares => {
  const aRun = fields({ card: aCard, steps: wholeFrom(1, 1000), "share?": aShare });
  accept("sharesToPlan", { name: [name, aText], options: [options, anObject], run: [run, aRun] });
  const { card, steps, share } = run;
  if (!needsShare(name, options)) return {};
  const known = recordedShare(card.name, methodToPlan(name, options, steps), steps);
  return share === undefined && known ? {} : { [name]: share ?? usualShare };
};
