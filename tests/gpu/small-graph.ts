import { type Graph, graphBuilder } from "../../src/engine/graph/builder.js";
import { type WeightStore, weightStore } from "../../src/engine/graph/weights.js";
import type { Tensor } from "../../src/engine/tensor.js";
import { noise } from "../numbers.js";

export const rows = (seed: number, ...dims: number[]): Tensor => ({
  dims,
  data: noise(
    seed,
    dims.reduce((a, b) => a * b, 1),
  ),
});

/** Weights of the block below: a projection of the normalised rows and one back. */
export const blockWeights = (): WeightStore =>
  weightStore(
    new Map([
      ["in.weight", rows(1, 96, 32)],
      ["in.bias", rows(2, 96)],
      ["out.weight", rows(3, 32, 32)],
    ]),
  );

/**
 * One transformer block on rows [2, 5, 32] with a modulation at run time: what a model's segments are made of. Gives
 * the sum "y" and the attention's own output "attention".
 */
export const blockGraph = (store: WeightStore, key = "block"): Graph => {
  const g = graphBuilder(store);
  const x = g.input("x", [2, 5, 32]);
  const modulation = g.input("modulation", [2, 32]);
  const [shift, scale] = [0, 1].map((at) => g.reshape(g.slice(modulation, 0, at, at + 1), [32])) as [
    typeof x,
    typeof x,
  ];
  const normalised = g.layerNorm(x, g.add(scale, g.scalar(1)), shift, 1e-6);
  const projected = g.linear(normalised, "in");
  const [q, k, v] = [0, 32, 64].map((at) => g.slice(projected, 2, at, at + 32)) as [typeof x, typeof x, typeof x];
  const attention = g.attention(q, k, v, 2);
  g.output("attention", attention);
  g.output("y", g.add(x, g.gelu(g.linear(attention, "out"), "tanh")));
  return g.finish(key);
};
