import type { Handle } from "../backends/backend.js";
import type { Feature } from "./history.js";

const product = (a: Float32Array, b: Float32Array): number => {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] as number) * (b[at] as number);
  return sum;
};

/**
 * Products of features with each other, summed over all elements of all their tensors; each tensor is read once, each pair
 * multiplied once. In float64: a decomposition counts eigenvalues down to 1e-8 of the largest, less than what sums in
 * float32, as a GPU makes them, are known to. A mode of rounding would count as one of the features.
 */
export const featureProducts = (read: (handle: Handle) => Promise<Float32Array>) => {
  const values = new WeakMap<Handle, Promise<Float32Array>>();
  const known = new WeakMap<Handle, WeakMap<Handle, number>>();
  const valuesOf = (handle: Handle): Promise<Float32Array> => {
    const found = values.get(handle) ?? read(handle);
    values.set(handle, found);
    return found;
  };
  const productOf = async (a: Handle, b: Handle): Promise<number> => {
    const found = known.get(a)?.get(b) ?? product(await valuesOf(a), await valuesOf(b));
    for (const [one, other] of [[a, b] as const, [b, a] as const])
      known.set(one, (known.get(one) ?? new WeakMap<Handle, number>()).set(other, found));
    return found;
  };
  return async (features: readonly Feature[]): Promise<readonly (readonly number[])[]> => {
    const table = features.map(() => features.map(() => 0));
    for (const [i, one] of features.entries())
      for (const [j, other] of features.entries())
        for (const [at, tensor] of one.entries()) {
          const row = table[i] as number[];
          row[j] = (row[j] as number) + (await productOf(tensor, other[at] as Handle));
        }
    return table;
  };
};
