import type { Backend, Compiled, Handle } from "../backends/backend.js";
import { type Graph, type GraphValue, graphBuilder } from "../graph/builder.js";
import type { Model } from "../models/model.js";
import type { HandleCounts } from "./history.js";

/** What a run tells the filter: the share of noise in each step's latents, and how graphs are compiled. */
export interface SeaFilterOptions {
  readonly model: Pick<Model, "key" | "weights" | "inputs" | "volume">;
  readonly backend: Backend;
  readonly counts: HandleCounts;
  readonly sigmas: readonly number[];
  readonly compile: (graph: Graph) => Promise<Compiled>;
}

/** A clean share of 0 has a filter of infinite gain at frequency 0. */
const leastSignal = 1e-6;

/**
 * The Spectral-Evolution-Aware filter of SeaCache (arXiv:2602.18993) along one axis, as a circulant matrix
 * [length, length]: the best linear denoiser of (1 − σ)·clean + σ·noise where the clean signal's power falls as
 * 1 / frequency^powerExp. In float64 until it is stored.
 *
 * The gain is scaled to a mean of 1 over the frequencies. That mean is the kernel's value at distance 0, and the mean of
 * a product over axes is the product of their means, so each axis can be scaled alone.
 */
export const seaMatrix = (length: number, sigma: number, powerExp: number): Float32Array => {
  const signal = Math.max(leastSignal, 1 - sigma);
  const gains = Array.from({ length }, (_, index) => {
    const frequency = Math.min(index, length - index) / length;
    return 1 / (signal ** 2 + sigma ** 2 * frequency ** powerExp);
  });
  const kernel = gains.map((_, distance) =>
    gains.reduce(
      (sum, gain, index) => sum + gain * Math.cos((2 * Math.PI * ((index * distance) % length)) / length),
      0,
    ),
  );
  const matrix = new Float32Array(length * length);
  for (let row = 0; row < length; row++)
    for (let column = 0; column < length; column++)
      matrix[row * length + column] = (kernel[Math.abs(row - column)] as number) / (kernel[0] as number);
  return matrix;
};

const axes = ["frames", "height", "width"] as const;

/** One product per axis that has more than one position: exact for any size, without a Fourier transform in the run. */
const filterGraph = ({ key, weights, inputs, volume }: SeaFilterOptions["model"]): Graph => {
  const g = graphBuilder(weights);
  const latents = inputs.find(({ name }) => name === "latents") as GraphValue;
  const whole = volume(g, g.input("latents", latents.dims));
  const [clips, channels, ...sizes] = whole.dims as [number, number, number, number, number];
  const [frames, height, width] = sizes;
  const matrix = (axis: 0 | 1 | 2): GraphValue => g.input(axes[axis], [sizes[axis], sizes[axis]]);
  let x = whole;
  if (width > 1) x = g.matmul(x, matrix(2)); // symmetric
  if (height > 1) x = g.node("MatMul", [matrix(1), x], x.dims);
  if (frames > 1) {
    const rows = g.reshape(x, [clips * channels, frames, height * width]);
    x = g.node("MatMul", [matrix(0), rows], rows.dims);
  }
  g.output("filtered", x);
  return g.finish(`${key} sea filter`);
};

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
