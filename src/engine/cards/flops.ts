import type { ModelCard, SubLayer, Work, WorkKind } from "./card.js";
import { countRows, type Tokens } from "./rows.js";

/** Operations of matrix products and of attention, which run at different speeds on a GPU. */
export interface Flops {
  readonly products: number;
  readonly attention: number;
}

export const noFlops: Flops = { products: 0, attention: 0 };

export const addFlops = (...all: readonly Flops[]): Flops => ({
  products: all.reduce((sum, { products }) => sum + products, 0),
  attention: all.reduce((sum, { attention }) => sum + attention, 0),
});

export const scaleFlops = ({ products, attention }: Flops, factor: number): Flops => ({
  products: products * factor,
  attention: attention * factor,
});

/** Both kinds together. */
export const totalFlops = ({ products, attention }: Flops): number => products + attention;

/** Operations of some products and attentions: 2 · rows · inputs · outputs, and 4 · queries · keys · width. */
export const flopsOf = ({ linears, attends = [] }: Pick<Work, "linears" | "attends">, tokens: Tokens): Flops => ({
  products: linears.reduce((sum, [rows, inputs, outputs]) => sum + 2 * countRows(rows, tokens) * inputs * outputs, 0),
  attention: attends.reduce(
    (sum, [queries, keys, width]) => sum + 4 * countRows(queries, tokens) * countRows(keys, tokens) * width,
    0,
  ),
});

/** A sub-layer with what follows its output. */
export const wholeFlops = (layer: SubLayer, tokens: Tokens): Flops =>
  addFlops(flopsOf(layer, tokens), layer.after ? flopsOf(layer.after, tokens) : noFlops);

/** Operations of one pass of one branch and one clip, by kind of work, in the order of the network. */
export const flopsByKind = (card: ModelCard, tokens: Tokens): ReadonlyMap<WorkKind, Flops> => {
  const sums = new Map<WorkKind, Flops>();
  const add = (kind: WorkKind, flops: Flops): void => void sums.set(kind, addFlops(sums.get(kind) ?? noFlops, flops));
  for (const work of card.outside.filter(({ kind }) => kind === "embed")) add("embed", flopsOf(work, tokens));
  for (const { repeat, sublayers } of card.blocks)
    for (const layer of sublayers) add(layer.kind, scaleFlops(wholeFlops(layer, tokens), repeat));
  for (const work of card.outside.filter(({ kind }) => kind !== "embed")) add(work.kind, flopsOf(work, tokens));
  return sums;
};

/** Weights of the matrix products: all but biases, norms and tables, which are less than one per cent. */
export const productWeights = ({ blocks, outside }: Pick<ModelCard, "blocks" | "outside">): number => {
  const of = (linears: Work["linears"]): number =>
    linears.reduce((sum, [, inputs, outputs]) => sum + inputs * outputs, 0);
  const inBlocks = blocks.map(
    ({ repeat, sublayers }) =>
      repeat * sublayers.reduce((sum, { linears, after }) => sum + of(linears) + of(after?.linears ?? []), 0),
  );
  return [...inBlocks, ...outside.map(({ linears }) => of(linears))].reduce((sum, value) => sum + value, 0);
};
