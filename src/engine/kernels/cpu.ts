// The kernels in plain loops: what the WASM backend runs, and the truth that the shaders are tested against.
import type { Reading } from "../method.js";
import { bandTables } from "./band-tables.js";

interface Term {
  readonly data: Float32Array;
  readonly weight: number;
}

/**
 * Σ weight · data of one term or more, element by element; `clamp` bounds the result to ±clamp. All lengths equal. NaN stays NaN.
 * Loops over one, two and three terms, since nearly every sum is one of those: a reused step does nothing else, and a
 * loop over any number of terms takes three times as long.
 */
export const combineCpu = (terms: readonly Term[], clamp = Number.POSITIVE_INFINITY): Float32Array => {
  const [first, second, third] = terms as [Term, Term?, Term?];
  const sum = new Float32Array(first.data.length);
  if (terms.length > 3) sumOfMany(terms, sum);
  else if (third && second) sumOfThree(first, second, third, sum);
  else if (second) sumOfTwo(first, second, sum);
  else for (let index = 0; index < sum.length; index++) sum[index] = first.weight * (first.data[index] as number);
  if (clamp < Number.POSITIVE_INFINITY)
    for (let index = 0; index < sum.length; index++)
      sum[index] = Math.max(-clamp, Math.min(clamp, sum[index] as number));
  return sum;
};

/** Four elements a turn: guidance, forecasts and most scheduler steps are this sum, and it takes two thirds of the time. */
const sumOfTwo = ({ data: a, weight: u }: Term, { data: b, weight: v }: Term, sum: Float32Array): void => {
  const even = sum.length - (sum.length % 4);
  for (let i = 0; i < even; i += 4) {
    sum[i] = u * (a[i] as number) + v * (b[i] as number);
    sum[i + 1] = u * (a[i + 1] as number) + v * (b[i + 1] as number);
    sum[i + 2] = u * (a[i + 2] as number) + v * (b[i + 2] as number);
    sum[i + 3] = u * (a[i + 3] as number) + v * (b[i + 3] as number);
  }
  for (let i = even; i < sum.length; i++) sum[i] = u * (a[i] as number) + v * (b[i] as number);
};

const sumOfThree = (first: Term, second: Term, { data: c, weight: w }: Term, sum: Float32Array): void => {
  const [{ data: a, weight: u }, { data: b, weight: v }] = [first, second];
  for (let index = 0; index < sum.length; index++)
    sum[index] = u * (a[index] as number) + v * (b[index] as number) + w * (c[index] as number);
};

const sumOfMany = (terms: readonly Term[], sum: Float32Array): void => {
  const exact = new Float64Array(sum.length);
  for (const { data, weight } of terms)
    for (let index = 0; index < exact.length; index++) (exact[index] as number) += weight * (data[index] as number);
  sum.set(exact);
};

/** Means over all elements: |now − older|, |older| and |now|; and the root of the mean of (now − older)². */
export const measureCpu = (now: Float32Array, older: Float32Array): Reading => {
  let [change, magnitude, present, squares] = [0, 0, 0, 0];
  for (let index = 0; index < now.length; index++) {
    const difference = (now[index] as number) - (older[index] as number);
    change += Math.abs(difference);
    squares += difference * difference;
    magnitude += Math.abs(older[index] as number);
    present += Math.abs(now[index] as number);
  }
  const count = now.length;
  return {
    change: change / count,
    magnitude: magnitude / count,
    present: present / count,
    rms: Math.sqrt(squares / count),
  };
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
  const [even, odd] = [new Float64Array(height), new Float64Array(height)]; // one frequency of each row
  const [cosines, sines] = [new Float64Array(width), new Float64Array(width)];
  const low = new Float64Array(data.length);
  for (let v = 0; v <= radius; v++) {
    for (let x = 0; x < width; x++) {
      const turn = 2 * ((v * x) % width);
      cosines[x] = turns[turn] as number;
      sines[x] = turns[turn + 1] as number;
    }
    const column = columns.subarray(v * height, (v + 1) * height).map((one) => ((v === 0 ? 1 : 2) / width) * one);
    for (let plane = 0; plane < data.length; plane += height * width) {
      for (let y = 0, at = plane; y < height; y++) {
        let [a, b] = [0, 0];
        for (let x = 0; x < width; x++, at++) {
          a += (data[at] as number) * (cosines[x] as number);
          b += (data[at] as number) * (sines[x] as number);
        }
        even[y] = a;
        odd[y] = b;
      }
      for (let y = 0, at = plane; y < height; y++) {
        let [a, b] = [0, 0];
        for (let from = 0, turn = y; from < height; from++, turn = turn === 0 ? height - 1 : turn - 1) {
          a += (column[turn] as number) * (even[from] as number);
          b += (column[turn] as number) * (odd[from] as number);
        }
        for (let x = 0; x < width; x++, at++)
          (low[at] as number) += a * (cosines[x] as number) + b * (sines[x] as number);
      }
    }
  }
  const high = new Float32Array(data.length);
  for (let index = 0; index < high.length; index++) high[index] = (data[index] as number) - (low[index] as number);
  return { low: new Float32Array(low), high };
};
