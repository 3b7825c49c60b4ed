import { scalesName } from "../files/bit-blocks.js";
import { sizeOf } from "../tensor.js";
import type { StoredWeight, WeightStore } from "./weights.js";

/** Smaller matrices stay as they are: there is little to save, and small layers lead to the modulation of all tokens. */
const least = 2 ** 14;

/**
 * The nearest whole numbers from -127 to 127 of a matrix [out, in], transposed, with a scale for each output; and
 * Σ (w − w′)² and Σ w².
 */
const perOutput = (data: Float32Array, [out, into]: readonly [number, number]) => {
  const numbers = new Int8Array(out * into);
  const scales = new Float32Array(out);
  let [squared, magnitude] = [0, 0];
  for (let row = 0; row < out; row++) {
    let most = 0;
    for (let at = row * into; at < (row + 1) * into; at++) most = Math.max(most, Math.abs(data[at] as number));
    const scale = Math.fround(most / 127) || 1;
    scales[row] = scale;
    for (let column = 0; column < into; column++) {
      const weight = data[row * into + column] as number;
      const number = Math.round(weight / scale);
      numbers[column * out + row] = number;
      squared += (weight - number * scale) ** 2;
      magnitude += weight ** 2;
    }
  }
  return { numbers, scales, squared, magnitude };
};

/**
 * A store whose linear layers compute with whole numbers of 8 bits on both sides (W8A8): weights per output channel, made
 * when a graph first reads them; activations per tensor as they come (DynamicQuantizeMatMul). Weights that are in 8 bits
 * already are widened first.
 */
export const withEightBitActivations = (store: WeightStore): WeightStore => {
  const linear = new Set<string>();
  const made = new Map<string, ReturnType<typeof perOutput>>();
  const quantised = (name: string) => {
    const before = made.get(name);
    if (before) return before;
    const { dims, data } = store.get(name); // decodes the weight
    const found = perOutput(data, dims as [number, number]);
    made.set(name, found);
    return found;
  };
  return {
    ...store,
    packed: true,
    bitsOf: (name) => (linear.has(name) ? 8 : undefined),
    dims(name) {
      const dims = store.dims(name);
      const own = name.slice(0, -2);
      // Linear layers alone ask for a transpose.
      if (name.endsWith("^T") && sizeOf(dims) >= least && store.has(own)) linear.add(own);
      return dims;
    },
    notes() {
      const sum = (field: "squared" | "magnitude") => [...made.values()].reduce((total, one) => total + one[field], 0);
      const percent = (100 * Math.sqrt(sum("squared") / (sum("magnitude") || 1))).toPrecision(2);
      return [
        `Linear layers compute with weights and activations in 8 bits (W8A8): weights ${percent} % (RMS) from those of the file, activations rounded as they come.`,
      ];
    },
    stored(name): StoredWeight {
      const own = [...linear].find((one) => scalesName(one) === name);
      if (own) {
        const { scales } = quantised(own);
        return { dims: [scales.length], type: "float32", data: scales };
      }
      if (!linear.has(name)) return store.stored(name);
      return { dims: store.dims(name).toReversed(), type: "int8", data: quantised(name).numbers };
    },
  };
};
