import type { CacheMethod, Site, SiteKind, SiteMap, Trace, TraceVisit } from "diffusion-cache";
import { type Cell, type GridRow, kindNames } from "./grid-rows.js";

type Decided = Pick<TraceVisit, "site" | "decision">;

/** Whether `inner` does not run where `outer` rests. Without guidance's difference the conditional pass still runs. */
const covers = (outer: Site, inner: Site): boolean =>
  outer.id !== inner.id && outer.kind !== "uncond" && outer.from <= inner.from && inner.to <= outer.to;

/** Sub-layers of one kind under the same wider sites, or wider sites of one kind: one row of the grid. */
const groupsOf = (methods: readonly CacheMethod[], map: SiteMap) => {
  const subLayers = map.all();
  const decided = methods.flatMap((method) => method.parts ?? [method]).flatMap((method) => method.sites(map));
  const wide = decided.filter(({ id }) => !subLayers.some((site) => site.id === id));
  const groups = new Map<string, { kind: SiteKind; sites: Site[]; above: readonly Site[] }>();
  for (const site of [...subLayers, ...wide]) {
    const above = decided.filter((outer) => covers(outer, site));
    const key = [site.kind, ...above.map(({ id }) => id)].join();
    const group = groups.get(key) ?? { kind: site.kind, sites: [], above };
    group.sites.push(site);
    groups.set(key, group);
  }
  return [...groups.values()];
};

/**
 * The rows of a run as it happened: what was decided at the sites of a row, or at a wider site that left them out. Filled
 * step by step, with the same rows from first to last.
 */
export const runRows = (methods: readonly CacheMethod[], map: SiteMap, steps: number) => {
  const groups = groupsOf(methods, map).map((group) => ({ ...group, cells: Array<Cell>(steps).fill("pending") }));
  return {
    step(step: number, decisions: readonly Decided[]): void {
      for (const { sites, above, cells } of groups) {
        const at = (places: readonly Site[]) => decisions.filter(({ site }) => places.some(({ id }) => id === site));
        const own = at(sites);
        const resting = at(above).filter(({ decision }) => decision !== "compute");
        const all = new Set((own.length > 0 ? [...own, ...resting] : at(above)).map(({ decision }) => decision));
        cells[step] = all.size > 1 ? "mixed" : ([...all][0] ?? "compute");
      }
    },
    rows: (): readonly GridRow[] =>
      groups.map(({ kind, sites, cells }) => ({
        kind,
        label: kindNames[kind],
        sites: sites.map(({ id }) => id),
        cells: [...cells],
      })),
  };
};

/** The rows of a finished run. */
export const tracedRows = (methods: readonly CacheMethod[], map: SiteMap, trace: Trace): readonly GridRow[] => {
  const run = runRows(methods, map, trace.steps);
  for (let step = 0; step < trace.steps; step++)
    run.step(
      step,
      trace.visits.filter((visit) => visit.step === step),
    );
  return run.rows();
};
