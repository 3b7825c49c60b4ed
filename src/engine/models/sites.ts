import { EngineError } from "../errors.js";
import type { Site, SiteKind, SiteMap } from "../method.js";

/** Layers of one kind that a network may have: more than anybody trains, and few enough to be planned at once. */
export const mostLayers = 1000;

/** Parts [from, to) of one block. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface SiteMapFields {
  readonly subLayers: readonly Site[];
  /** What cross-attention reads of the text: sites before all blocks. Default none. */
  readonly textKv?: readonly Site[];
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
export const siteMap = (fields: SiteMapFields): SiteMap => {
  const { subLayers, textKv = [], blocks, stream, last = stream, parts, output } = fields;
  const whole = { from: 0, to: parts, values: [output], base: ["latents"] } as const;
  return {
    depth: blocks.length,
    all: (...kinds: SiteKind[]) =>
      kinds.length === 0 ? subLayers : [...textKv, ...subLayers].filter(({ kind }) => kinds.includes(kind)),
    blocks(from = 0, to = blocks.length, since = from) {
      const first = blocks[from];
      const start = blocks[since];
      const final = blocks[to - 1];
      if (!first || !final || !start || from >= to || since > from)
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
        ...(since === from ? {} : { since: start.from }),
      };
    },
    output: (keeps = "value") => ({ ...whole, id: "output", kind: "output", keeps }),
    uncond: () => ({ ...whole, id: "uncond", kind: "uncond", keeps: "value" }),
    guided: (keeps = "value") => ({ ...whole, id: "guided", kind: "guided", keeps }),
  };
};
