import type { GraphBuilder, GraphValue } from "../../graph/builder.js";
import type { Stream } from "../../models/model.js";
import type { Layers } from "./layers.js";

/**
 * What PixArt and the networks that follow it have around their blocks: one adaLN table for all of them
 * ("ada_norm_single" of diffusers), to which each adds rows of its own, and a text projected to the width D.
 */
export const adaNormSingle = (layers: Layers, D: number) => {
  /** The rows of the table `name` for this timestep. */
  const table = (g: GraphBuilder, value: GraphValue, name: string, count: number): readonly GraphValue[] =>
    g.once(`modulation ${name}`, () => {
      const dims = [value.dims[1] === D ? 1 : count, D];
      return layers.rows(g, g.add(layers.weight(g, name, [count, D]), g.reshape(value, dims)), count);
    });
  return {
    /** Stream values "temb" [1, D], over which `more` may add what else the model is told, and "rows" [1, 6·D]. */
    embed(g: GraphBuilder, stream: Stream, more?: GraphValue): void {
      const time = layers.embedder(g, stream.get("timestep"), "adaln_single.emb.timestep_embedder", D);
      stream.set("temb", more ? g.add(time, more) : time);
      stream.set("rows", layers.linear(g, g.silu(stream.get("temb")), "adaln_single.linear", 6 * D));
    },
    /** Stream value "caption" [B, T, D]. */
    caption: (g: GraphBuilder, stream: Stream): void =>
      stream.set("caption", layers.embedder(g, stream.get("text"), "caption_projection", D, "gelu")),
    /** Shift, scale and gate of attention, then of the feed-forward network. */
    modulation: (g: GraphBuilder, stream: Stream, block: string): readonly GraphValue[] =>
      table(g, stream.get("rows"), `${block}.scale_shift_table`, 6),
    /** The way out of the blocks, to `out` numbers for each token. */
    head(g: GraphBuilder, stream: Stream, out: number): GraphValue {
      const [shift, scale] = table(g, stream.get("temb"), "scale_shift_table", 2) as [GraphValue, GraphValue];
      return layers.linear(g, layers.modulated(g, stream.get("x"), { shift, scale }, 1e-6), "proj_out", out);
    },
  };
};
