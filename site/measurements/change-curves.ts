import type { Changes, SiteKind } from "diffusion-cache";
import { inOrder, kindNames } from "../grid/grid-rows.js";
import { percent } from "./shares.js";

/** The sub-layers of one kind, in the order of execution, and their mean. */
export interface ChangeCurve {
  readonly kind: SiteKind;
  readonly label: string;
  readonly layers: readonly { readonly site: string; readonly change: readonly number[] }[];
  /** Mean over the layers, for the steps 2, 3 … as people count. */
  readonly mean: readonly number[];
}

const meanOf = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

export const changeCurves = ({ sites }: Changes): readonly ChangeCurve[] =>
  inOrder(sites.map(({ kind }) => kind)).map((kind) => {
    const layers = sites.filter((site) => site.kind === kind);
    const mean = (layers[0]?.change ?? []).map((_, at) => meanOf(layers.map(({ change }) => change[at] ?? 0)));
    return { kind, label: kindNames[kind], layers, mean };
  });

/** The middle 70 % of a run, which PAB's authors look at. */
export const middleOf = <Value>(values: readonly Value[]): readonly Value[] =>
  values.slice(Math.floor(0.15 * values.length), Math.max(1, Math.ceil(0.85 * values.length)));

/** What was measured, in two sentences. */
export const changesInWords = (changes: Changes): string => {
  const curves = changeCurves(changes)
    .map(({ label, mean }) => ({
      label: label.toLowerCase(),
      first: mean[0] ?? 0,
      middle: meanOf(middleOf(mean)),
      last: mean.at(-1) ?? 0,
    }))
    .toSorted((a, b) => a.middle - b.middle);
  const [least, most] = [curves[0], curves.at(-1)];
  if (!least || !most) return "";
  const ends = meanOf(curves.map(({ first }) => first));
  return (
    `In the middle 70 % of the run the output of a layer changes from one step to the next by ${percent(least.middle)} ` +
    `on average for ${least.label}, which changes least, and by ${percent(most.middle)} for ${most.label}, which changes most. ` +
    `The first change is ${percent(ends)} over all kinds, the last ${percent(meanOf(curves.map(({ last }) => last)))}.`
  );
};
