import type { Gram, Grams } from "../cache/fitted.js";
import type { Site } from "../method.js";

/** How many steps back the products of sub-layers reach: of each of them so many outputs are held. */
const lookback = 12;

const meanProduct = (a: Float32Array, b: Float32Array): number => {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] as number) * (b[index] as number);
  return sum / a.length;
};

/**
 * Products of features with themselves over the steps of uncached runs, for weights that are fitted to them (L²P,
 * arXiv:2604.26365). Sums over runs and branches; sub-layers of a kind share theirs, each brought to one size first.
 *
 * @param steps of each run
 * @param subLayers the kind of each tap that is a sub-layer's output; other taps keep products of all steps
 */
export const gramsCollector = (steps: number, subLayers: ReadonlyMap<string, Site["kind"]>) => {
  const sums = new Map<string, number[][]>();
  const past = new Map<string, Float32Array[]>();
  return {
    /** Takes the features of a branch in the order of steps; step 0 begins a new run. */
    observe(branch: string, id: string, step: number, now: Float32Array): void {
      const key = `${branch} ${id}`;
      const kept = [now, ...(step === 0 ? [] : (past.get(key) ?? []))].slice(
        0,
        subLayers.has(id) ? lookback + 1 : steps,
      );
      const rows = sums.get(id) ?? Array.from({ length: steps }, () => []);
      for (const [back, older] of kept.entries()) {
        const row = rows[step] as number[];
        row[back] = (row[back] ?? 0) + meanProduct(now, older);
      }
      sums.set(id, rows);
      past.set(key, kept);
    },
    grams(): Grams {
      const found = new Map<string, Gram>();
      for (const [id, rows] of sums) {
        const size = rows.reduce((sum, [own = 0]) => sum + own, 0) / rows.length;
        const kind = subLayers.get(id);
        const before = found.get(kind ?? id);
        const add = (step: number, back: number, value: number): number =>
          (before?.[step]?.[back] ?? 0) + (size > 0 ? value / size : 0);
        found.set(
          kind ?? id,
          rows.map((row, step) => row.map((value, back) => add(step, back, value))),
        );
      }
      return Object.fromEntries(found);
    },
  };
};
