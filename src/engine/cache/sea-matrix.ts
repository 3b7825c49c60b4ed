import { type Graph, type GraphValue, graphBuilder } from "../graph/builder.js";
import type { Model } from "../models/model.js";

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
export const filterGraph = ({
  key,
  weights,
  inputs,
  volume,
}: Pick<Model, "key" | "weights" | "inputs" | "volume">): Graph => {
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
