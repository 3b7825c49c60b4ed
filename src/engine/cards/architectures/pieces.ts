import type { Linear, SubLayer, Work } from "../card.js";
import type { ConfigFields } from "./config.js";

// Pieces that many networks share. D is the width.

/** An MLP that embeds one vector. */
export const embedder = (inputs: number, D: number): readonly Linear[] => [
  ["1", inputs, D],
  ["1", D, D],
];

/** Rows of adaLN for one vector: so many outputs a product. */
export const modulation = (inputs: number, ...outputs: readonly number[]): SubLayer => ({
  kind: "modulation",
  linears: outputs.map((out) => ["1", inputs, out]),
});

/** Attention of tokens among themselves: q, k, v and the way out. */
export const selfAttention = (
  site: string,
  D: number,
  kind: "self-attention" | "spatial-attention" | "temporal-attention" = "self-attention",
): SubLayer => ({
  kind,
  site,
  linears: [["N", D, 4 * D]],
  attends: [["N", { "self-attention": "N", "spatial-attention": "S", "temporal-attention": "T" }[kind], D]],
  out: [["N", D]],
});

/** Attention of tokens to the text; `text` are the rows that keys and values are made of, of `width` numbers. */
export const crossAttention = (site: string, D: number, text = "L", width = D): SubLayer => ({
  kind: "cross-attention",
  site,
  linears: [
    ["N", D, 2 * D],
    [text, width, 2 * D],
  ],
  attends: [["N", "L", D]],
  out: [["N", D]],
});

/** Attention of image and text rows among each other, with weights of their own for each. */
export const jointAttention = (site: string, D: number): SubLayer => ({
  kind: "joint-attention",
  site,
  linears: [
    ["N", D, 4 * D],
    ["L", D, 4 * D],
  ],
  attends: [["N+L", "N+L", D]],
  out: [
    ["N", D],
    ["L", D],
  ],
});

/** Whether the feed-forwards of a class with diffusers' `activation_fn` are gated. */
export const isGated = (fields: ConfigFields, standard = "gelu-approximate"): boolean =>
  ["geglu", "swiglu"].includes(fields.text("activation_fn", standard));

/** Two products with `hidden` numbers between; `gated` ones have twice the first. */
export const feedForward = (site: string, rows: string, D: number, hidden = 4 * D, gated = false): SubLayer => ({
  kind: "feed-forward",
  site,
  linears: [
    [rows, D, gated ? 2 * hidden : hidden],
    [rows, hidden, D],
  ],
  out: [[rows, D]],
});

/** Image and text rows side by side, each with a feed-forward of its own. */
export const dualFeedForward = (D: number, image = "ff", text = "ff_context", hidden = 4 * D): readonly SubLayer[] => [
  feedForward(image, "N", D, hidden),
  feedForward(text, "L", D, hidden),
];

/**
 * A single-stream block of FLUX.1: attention and the hidden layer side by side, one product that joins them. A cache of
 * diffusers' modules keeps the hidden layer before that product.
 */
export const singleStream = (D: number, hidden = 4 * D): readonly SubLayer[] => [
  {
    kind: "feed-forward",
    site: "proj_mlp",
    linears: [["N+L", D, hidden]],
    out: [["N+L", hidden]],
    after: { linears: [["N+L", D + hidden, D]], out: [["N+L", D]] },
  },
  {
    kind: "joint-attention",
    site: "attn",
    linears: [["N+L", D, 3 * D]],
    attends: [["N+L", "N+L", D]],
    out: [["N+L", D]],
  },
];

export const head = (...linears: readonly Linear[]): Work => ({ kind: "head", linears });
export const embed = (...linears: readonly Linear[]): Work => ({ kind: "embed", linears });
