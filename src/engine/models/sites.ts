import type { Site, SiteKind, SiteMap } from "../cache/method.js";
import { EngineError } from "../errors.js";

/** Parts [from, to) of one block. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface SiteMapFields {
  readonly subLayers: readonly Site[];
  readonly blocks: readonly Span[];
  /** Stream values that run through the blocks: ["x"], or hidden and encoder states of a dual-stream model. */
  readonly stream: readonly string[];
  /** Those of `stream` that are still read after the last block; default all. */
  readonly last?: readonly string[];
  /** Number of parts, and the name of the prediction. */
  readonly parts: number;
  readonly output: string;
}

/** The sites of a model whose blocks follow each other. */
export const siteMap = ({ subLayers, blocks, stream, last = stream, parts, output }: SiteMapFields): SiteMap => ({
  depth: blocks.length,
  all: (...kinds: SiteKind[]) => subLayers.filter(({ kind }) => kinds.length === 0 || kinds.includes(kind)),
  blocks(from = 0, to = blocks.length) {
    const first = blocks[from];
    const final = blocks[to - 1];
    if (!first || !final || from >= to)
      throw new EngineError("site-missing", `There are no blocks ${from} to ${to} in a model of ${blocks.length}.`, {
        hint: "Choose a smaller number of blocks, or a deeper model.",
      });
    return {
      id: `blocks.${from}-${to}`,
      kind: "blocks",
      from: first.from,
      to: final.to,
      values: to === blocks.length ? last : stream,
      keeps: "residual",
    };
  },
  output: (keeps = "value") => ({
    id: "output",
    kind: "output",
    from: 0,
    to: parts,
    values: [output],
    keeps,
    base: ["latents"],
  }),
  uncond: () => ({ id: "uncond", kind: "uncond", from: 0, to: parts, values: [output], keeps: "value" }),
});
