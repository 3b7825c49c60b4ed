import type { Backend, Compiled, Handle } from "../backends/backend.js";
import type { Graph } from "../graph/builder.js";
import type { Model } from "../models/model.js";
import type { HandleCounts } from "./history.js";
import { filterGraph, seaMatrix } from "./sea-matrix.js";

/** What a run tells the filter: the share of noise in each step's latents, and how graphs are compiled. */
export interface SeaFilterOptions {
  readonly model: Pick<Model, "key" | "weights" | "inputs" | "volume">;
  readonly backend: Backend;
  readonly counts: HandleCounts;
  readonly sigmas: readonly number[];
  readonly compile: (graph: Graph) => Promise<Compiled>;
}

/**
 * Filters the latents of a step, for probes that ask for it; once for both branches, which have the same latents.
 */
export const seaFilter = ({ model, backend, counts, sigmas, compile }: SeaFilterOptions) => {
  let graph: Graph | undefined;
  let newest: { readonly of: string; readonly handle: Handle } | undefined;
  const clear = (): void => {
    if (newest) counts.drop(newest.handle);
    newest = undefined;
  };
  const make = async (latents: Handle, sigma: number, powerExp: number): Promise<Handle> => {
    graph ??= filterGraph(model);
    const matrices = graph.inputs
      .filter(({ name }) => name !== "latents")
      .map(({ name, dims }) => {
        const data = seaMatrix(dims[0] as number, sigma, powerExp);
        return [name, backend.upload({ dims, data })] as const;
      });
    try {
      const inputs = new Map([["latents", latents] as const, ...matrices]);
      const outputs = await backend.run(await compile(graph), inputs, new Set(["filtered"]));
      return outputs.get("filtered") as Handle;
    } finally {
      for (const [, handle] of matrices) backend.release(handle);
    }
  };
  return {
    /** The filtered latents, in one order of elements whatever the step. The caller holds them. */
    async apply(latents: Handle, step: number, powerExp: number): Promise<Handle> {
      const of = `${step}, ${powerExp}`;
      if (newest?.of !== of) {
        clear();
        newest = { of, handle: await make(latents, sigmas[step] as number, powerExp) };
      }
      return counts.hold(newest.handle);
    },
    clear,
  };
};

export type SeaFilter = ReturnType<typeof seaFilter>;
