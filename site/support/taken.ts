import taken from "./taken.json";
import type { Column, Verdict } from "./verdict.js";

// The verdicts alone, small enough for a page that writes snippets; tests/site/support.test.ts makes and holds them.

/** A pipeline's states, in the order of the columns. */
const pipelines: Readonly<Record<string, string>> = taken.pipelines;

/** How a cache fares in a pipeline of diffusers; undefined for a pipeline that is not in the table. */
export const stateOf = (pipeline: string, column: Column): Verdict["state"] | undefined =>
  pipelines[pipeline]?.split(" ")[taken.columns.indexOf(column)] as Verdict["state"] | undefined;

/** Whether a pipeline enters the cache context that caches of whole calls ask for; false for one known not to. */
export const entersContext = (pipeline: string): boolean => !taken.withoutContext.includes(pipeline);

const fails: Readonly<Partial<Record<Verdict["state"], string>>> = {
  raises: "raises with",
  "no-effect": "has no effect on",
  wrong: "gives a wrong output with",
  absent: "cannot be enabled on",
  "own-callback": "asks for a current_timestep that is missing in",
};

/**
 * What a snippet for diffusers has to say first where its cache does not work in its pipeline, and what to use instead;
 * none where it works or is not known.
 * @param config the class of the configuration, for the sentence
 */
export const supportRemarks = (pipeline: string, column: Column, config: string): readonly string[] => {
  const how = fails[stateOf(pipeline, column) ?? "works"];
  if (!how) return [];
  return [`${config} ${how} ${pipeline} in diffusers ${taken.diffusers}; ${insteadOf(pipeline)}.`];
};

const insteadOf = (pipeline: string): string => {
  const other = stateOf(pipeline, "dbcache");
  return other === "works" || other === "not-run" ? "use cache-dit" : "use a cache of another kind";
};

/** The same of TaylorSeer with patterns of one's own: where they find modules, a call without a cache context raises. */
export const contextRemarks = (pipeline: string): readonly string[] =>
  entersContext(pipeline)
    ? []
    : [
        `TaylorSeerCacheConfig does not work with ${pipeline} in diffusers ${taken.diffusers}, which enters no cache context; ${insteadOf(pipeline)}.`,
      ];
