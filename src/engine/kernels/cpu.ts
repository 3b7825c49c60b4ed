// The kernels in plain loops: what the WASM backend runs, and the truth that the shaders are tested against.
import type { Reading } from "../cache/method.js";
import { bandTables } from "./band-tables.js";

/**
 * Σ weight · data, element by element; `clamp` bounds the result to ±clamp. All lengths equal. NaN stays NaN.
 * Plain loops: `from` with a function costs thirty times as much, and forecasts call this for every site and step.
 */
export const combineCpu = (
  terms: readonly { readonly data: Float32Array; readonly weight: number }[],
  clamp = Number.POSITIVE_INFINITY,
): Float32Array => {
  const sum = new Float64Array(terms[0]?.data.length ?? 0);
  for (const { data, weight } of terms)
    for (let index = 0; index < sum.length; index++) (sum[index] as number) += weight * (data[index] as number);
  if (clamp < Number.POSITIVE_INFINITY)
    for (let index = 0; index < sum.length; index++)
      sum[index] = Math.max(-clamp, Math.min(clamp, sum[index] as number));
  return new Float32Array(sum);
};

/** Means over all elements: |now − older|, |older| and |now|. */
export const measureCpu = (now: Float32Array, older: Float32Array): Reading => {
  let [change, magnitude, present] = [0, 0, 0];
  for (let index = 0; index < now.length; index++) {
    change += Math.abs((now[index] as number) - (older[index] as number));
    magnitude += Math.abs(older[index] as number);
    present += Math.abs(now[index] as number);
  }
  return { change: change / now.length, magnitude: magnitude / now.length, present: present / now.length };
};

/**
 * The two bands of every plane of the last two axes: `low` is what lies within the disc of `bandTables`, `high` the
 * rest, so that low + high is the input.
 *
 * A plane goes to its few low frequencies along W, is filtered along H, and comes back: O(HW · radius) for a transform
 * to the few frequencies that are kept, where a two-dimensional convolution would take O(H²W²).
 */
export const splitCpu = (data: Float32Array, dims: readonly number[]): { low: Float32Array; high: Float32Array } => {
  const [height, width] = dims.slice(-2) as [number, number];
  const { radius, turns, columns } = bandTables(height, width);
  const rows = new Float64Array(2 * height); // [H, 2]: one frequency of each row
  const low = new Float64Array(data.length);
  for (let plane = 0; plane < data.length; plane += height * width)
    for (let v = 0; v <= radius; v++) {
      for (let y = 0; y < height; y++) {
        let [even, odd] = [0, 0];
        for (let x = 0; x < width; x++) {
          const value = data[plane + y * width + x] as number;
          const turn = 2 * ((v * x) % width);
          even += value * (turns[turn] as number);
          odd += value * (turns[turn + 1] as number);
        }
        rows[2 * y] = even;
        rows[2 * y + 1] = odd;
      }
      const share = (v === 0 ? 1 : 2) / width;
      for (let y = 0; y < height; y++) {
        let [even, odd] = [0, 0];
        for (let from = 0; from < height; from++) {
          const weight = share * (columns[v * height + ((y - from + height) % height)] as number);
          even += weight * (rows[2 * from] as number);
          odd += weight * (rows[2 * from + 1] as number);
        }
        for (let x = 0; x < width; x++) {
          const turn = 2 * ((v * x) % width);
          (low[plane + y * width + x] as number) += even * (turns[turn] as number) + odd * (turns[turn + 1] as number);
        }
      }
    }
  const high = new Float32Array(data.length);
  for (let index = 0; index < high.length; index++) high[index] = (data[index] as number) - (low[index] as number);
  return { low: new Float32Array(low), high };
};
