import type { GraphBuilder, GraphValue } from "../graph/builder.js";
import { expectShape, type WeightStore } from "../graph/weights.js";

export type ImageLayers = ReturnType<typeof imageLayers>;

/**
 * Layers over images [B, C, H, W], each under the name that diffusers saves it with.
 *
 * @throws EngineError "weight-missing", "weight-shape"; from every layer
 */
export const imageLayers = (weights: WeightStore) => {
  const weight = (g: GraphBuilder, name: string, dims: readonly number[]): GraphValue => {
    expectShape(weights, name, dims);
    return g.weight(name);
  };
  const layers = {
    /** A convolution of stride 1 that keeps the size. */
    conv(g: GraphBuilder, x: GraphValue, name: string, out: number, { kernel = 3, bias = true } = {}): GraphValue {
      const [B, channels, H, W] = x.dims as [number, number, number, number];
      const reads = [x, weight(g, `${name}.weight`, [out, channels, kernel, kernel])];
      if (bias) reads.push(weight(g, `${name}.bias`, [out]));
      const pad = (kernel - 1) / 2;
      return g.node("Conv", reads, [B, out, H, W], { kernel_shape: [kernel, kernel], pads: [pad, pad, pad, pad] });
    },
    /** As InstanceNormalization of a reshape: onnxruntime-web has no GroupNorm on WebGPU. */
    groupNorm(g: GraphBuilder, x: GraphValue, name: string, groups: number, epsilon: number): GraphValue {
      const [B, channels] = x.dims as [number, number];
      const rest = x.dims.slice(2).reduce((product, dim) => product * dim, 1);
      const constant = (value: number): GraphValue =>
        g.constant(`${value} × ${groups}`, { dims: [groups], data: new Float32Array(groups).fill(value) });
      const flat = g.reshape(x, [B, groups, (channels / groups) * rest]);
      const reads = [flat, constant(1), constant(0)];
      const normed = g.node("InstanceNormalization", reads, flat.dims, { epsilon: { float: epsilon } });
      const own = (part: string): GraphValue =>
        g.reshape(weight(g, `${name}.${part}`, [channels]), [1, channels, ...x.dims.slice(2).map(() => 1)]);
      return g.add(g.mul(g.reshape(normed, x.dims), own("weight")), own("bias"));
    },
    /** Twice (or `factor` times) the size, by the nearest pixel. */
    larger(g: GraphBuilder, x: GraphValue, factor = 2): GraphValue {
      const [B, channels, H, W] = x.dims as [number, number, number, number];
      const scales = g.constant(`scales ${factor}`, { dims: [4], data: Float32Array.of(1, 1, factor, factor) });
      return g.node("Resize", [x, { name: "", dims: [] }, scales], [B, channels, factor * H, factor * W], {
        mode: "nearest",
        coordinate_transformation_mode: "asymmetric",
        nearest_mode: "floor",
      });
    },
    linear(g: GraphBuilder, x: GraphValue, name: string, out: number): GraphValue {
      expectShape(weights, `${name}.weight`, [out, x.dims.at(-1) as number]);
      expectShape(weights, `${name}.bias`, [out]);
      return g.linear(x, name, true);
    },
  };
  return layers;
};
