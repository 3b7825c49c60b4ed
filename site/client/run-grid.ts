import type { Progress, Site, SiteKind } from "diffusion-cache";
import { gridHtml } from "./grid-html.js";
import { type Cell, type GridRow, kindNames } from "./grid-rows.js";

type Decisions = Extract<Progress, { phase: "step" }>["decisions"];

const summed = (decisions: Decisions): Cell => {
  const [first] = decisions;
  if (!first) return "compute";
  return decisions.every(({ decision }) => decision === first.decision) ? first.decision : "mixed";
};

/** A decision grid that fills in while a run goes on: one row per kind of site. */
export const runGrid = (place: HTMLElement, sites: readonly Site[], steps: number) => {
  const kinds = new Map<string, SiteKind>(sites.map(({ id, kind }) => [id, kind]));
  const kindOf = (site: string): SiteKind =>
    kinds.get(site) ?? (site === "output" || site === "uncond" ? site : "blocks");
  const rows = new Map<SiteKind, { readonly sites: string[]; readonly cells: Cell[] }>();
  const rowOf = (kind: SiteKind) => {
    const row = rows.get(kind) ?? { sites: [], cells: Array<Cell>(steps).fill("pending") };
    rows.set(kind, row);
    return row;
  };
  for (const { id, kind } of sites) rowOf(kind).sites.push(id);

  const draw = (): void => {
    const all: GridRow[] = [...rows].map(([kind, row]) => ({ kind, label: kindNames[kind], ...row }));
    place.innerHTML = gridHtml(all);
  };
  draw();
  return {
    step(step: number, decisions: Decisions): void {
      for (const { site } of decisions) rowOf(kindOf(site));
      for (const [kind, { cells }] of rows) cells[step] = summed(decisions.filter(({ site }) => kindOf(site) === kind));
      draw();
    },
  };
};
