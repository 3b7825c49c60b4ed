import type { CacheMethod, PlannedSite, SiteMap } from "diffusion-cache";
import { type GridRow, restOf } from "./grid-rows.js";
import { runRows } from "./run-rows.js";

/** The rows of a run that is only planned: the same rows that it will have when it is made. */
export const plannedRows = (
  methods: readonly CacheMethod[],
  map: SiteMap,
  planned: readonly PlannedSite[],
  steps: number,
): readonly GridRow[] => {
  const run = runRows(methods, map, steps);
  const rest = restOf(methods, map);
  for (let step = 0; step < steps; step++)
    run.step(
      step,
      planned.map(({ site, computed }) => ({ site, decision: computed[step] === "1" ? "compute" : rest(site) })),
    );
  return run.rows();
};
