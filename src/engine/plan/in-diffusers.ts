import { countRows } from "../cards/rows.js";
import { accept, aMethod, listOf } from "../expect.js";
import type { CacheMethod } from "../method.js";
import { aRunPlan } from "./checks.js";
import { numberBytes } from "./dtypes.js";
import type { RunPlan } from "./plan-run.js";

/**
 * What the hooks of diffusers 0.42.1 keep where that is not what the method needs. PAB, in a pipeline that calls the network
 * for each branch, keeps one output of a module for all calls of a step, so that a branch may get another's; FasterCache keeps its two attention
 * outputs of the whole batch though only the conditional half is used, FirstBlockCache three image and two text tensors.
 * Measured in diffusers PR 9562 and PR 12648.
 * @returns bytes, or undefined where they are those of the plan
 */
export const diffusersCacheBytes = (plan: RunPlan, methods: readonly CacheMethod[]): number | undefined => {
  accept("diffusersCacheBytes", { plan: [plan, aRunPlan], methods: [methods, listOf(aMethod, { most: 100 })] });
  const names = new Set(methods.map(({ name }) => name));
  const { card, branches, cacheBytes, sites, clips, dtype, tokens } = plan;
  if (names.has("fastercache") && branches === 2)
    return sites.reduce((sum, { kind, bytes }) => sum + (kind.endsWith("attention") ? bytes : 0), cacheBytes);
  if (names.has("pab") && names.size === 1 && branches === 2 && !card.batched)
    return cacheBytes / ((card.conditionalPasses ?? 1) + 1);
  if (names.has("firstblockcache")) {
    const [first] = card.blocks;
    const of = (which: (rows: string) => boolean): number =>
      (first?.stream ?? []).reduce(
        (sum, [rows, width]) => sum + (which(rows) ? countRows(rows, tokens) * width : 0),
        0,
      );
    const image = of((rows) => rows.includes("N"));
    const text = of((rows) => !rows.includes("N"));
    return (3 * image + 2 * text) * branches * clips * numberBytes(dtype);
  }
  return undefined;
};
