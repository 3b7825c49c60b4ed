import type { Backend, Compiled, Handle } from "../backends/backend.js";
import type { HandleCounts } from "../cache/history.js";
import { type Graph, type GraphValue, graphBuilder } from "../graph/builder.js";
import type { Model } from "../models/model.js";
import type { Tensor } from "../tensor.js";

export interface HoldingOptions {
  readonly backend: Backend;
  readonly counts: HandleCounts;
  readonly compile: (graph: Graph) => Promise<Compiled>;
  readonly model: Pick<Model, "key" | "weights" | "inputs">;
  /** The first frame in the layout of the model's latents. */
  readonly image: Tensor;
}

/**
 * Puts the first frame back into latents. Done before the first step and after each, this is what the image-to-video
 * pipelines of diffusers do, whether they step the other frames alone (LTX-Video) or replace what enters (Wan 2.2 TI2V).
 */
export const holding = ({ backend, counts, compile, model, image }: HoldingOptions) => {
  const latents = model.inputs.find(({ name }) => name === "latents") as GraphValue;
  const axis = latents.dims.findIndex((dim, index) => dim !== image.dims[index]);
  const g = graphBuilder(model.weights);
  const rest = g.slice(
    g.input("latents", latents.dims),
    axis,
    image.dims[axis] as number,
    latents.dims[axis] as number,
  );
  g.output("held", g.concat([g.input("image", image.dims), rest], axis));
  const graph = g.finish(`${model.key} held`);
  const given = backend.upload(image);
  /** Drops `from`; the caller holds what comes. */
  return async (from: Handle): Promise<Handle> => {
    const inputs = new Map([["latents", from] as const, ["image", given] as const]);
    const outputs = await backend.run(await compile(graph), inputs, new Set(["held"]));
    counts.drop(from);
    return outputs.get("held") as Handle;
  };
};
