import { compareClips, randn, type Tensor } from "diffusion-cache";
import { expect, test } from "vitest";
import { frameMeasures } from "../../../site/compare/frame-measures.js";

const [frames, height, width] = [4, 24, 31];
const dims = [1, 3, frames, height, width];
const noise = (seed: number): Float32Array => randn(seed, dims).data as Float32Array;
const clip = (data: Float32Array): Tensor => ({ dims, data });
const frameOf = ({ data }: Tensor, at: number): Tensor => {
  const size = height * width;
  const planes = [0, 1, 2].flatMap((channel) => {
    const from = (channel * frames + at) * size;
    return [...(data as Float32Array).subarray(from, from + size)];
  });
  return { dims: [1, 3, 1, height, width], data: Float32Array.from(planes) };
};
const measured = (reference: Tensor, other: Tensor) => {
  const measure = frameMeasures();
  const each = Array.from({ length: frames }, (_, at) => measure.add(frameOf(reference, at), frameOf(other, at)));
  return { each, total: measure.total() };
};

const reference = clip(noise(1).map((value) => 0.3 * value));
const noisy = clip(noise(2).map((value, at) => 0.05 * value + (reference.data[at] as number)));

test("frame by frame comes to what the whole clip comes to", () => {
  const whole = compareClips(reference, noisy);
  const { total } = measured(reference, noisy);
  for (const [name, value] of Object.entries(total))
    expect(value, name).toBeCloseTo(whole[name as "psnr"] as number, 5);
  expect(Object.keys(total).toSorted()).toEqual(Object.keys(whole).toSorted());
});

test("a frame has the measures of the frame alone, and in time those of it and the one before", () => {
  const { each } = measured(reference, noisy);
  expect(each[0]).not.toHaveProperty("temporalError");
  const [, , third] = each;
  const alone = compareClips(frameOf(reference, 2), frameOf(noisy, 2));
  expect(third).toMatchObject(alone);
  const two = (of: Tensor): Tensor => {
    const [a, b] = [frameOf(of, 1).data, frameOf(of, 2).data];
    const size = height * width;
    const data = Float32Array.from({ length: 6 * size }, (_, at) => {
      const [channel, part] = [Math.floor(at / (2 * size)), at % (2 * size)];
      return (part < size ? a : b)[channel * size + (part % size)] as number;
    });
    return { dims: [1, 3, 2, height, width], data };
  };
  const pair = compareClips(two(reference), two(noisy));
  expect(third?.temporalError).toBeCloseTo(pair.temporalError as number, 6);
  expect(third?.flickerIndex).toBeCloseTo(pair.flickerIndex as number, 5);
});

test("equal clips are equal in every measure", () => {
  const { total, each } = measured(reference, reference);
  expect(total).toEqual(compareClips(reference, reference));
  expect(each[1]).toMatchObject({ psnr: Number.POSITIVE_INFINITY, temporalError: 0, flickerIndex: 0 });
});
