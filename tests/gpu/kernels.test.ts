import { describe, expect, it } from "vitest";
import { combineCpu, measureCpu, splitCpu } from "../../src/engine/kernels/cpu.js";
import { gpuKernels } from "../../src/engine/kernels/index.js";
import { largestDifference, noise } from "../numbers.js";
import { bufferOf, read, testDevice, validated } from "./device.js";

const device = testDevice();

/** The kernels on a device whose every buffer is freed afterwards. */
const withKernels = <T>(
  work: (kernels: ReturnType<typeof gpuKernels>, buffer: (values: Float32Array | number) => GPUBuffer) => Promise<T>,
): Promise<T> =>
  validated(device(), async () => {
    const made: GPUBuffer[] = [];
    const kernels = gpuKernels(device(), (size, usage, label) => device().createBuffer({ size, usage, label }));
    try {
      return await work(kernels, (values) => {
        const buffer = bufferOf(device(), values);
        made.push(buffer);
        return buffer;
      });
    } finally {
      kernels.dispose();
      for (const buffer of made) buffer.destroy();
    }
  });

const sizes = [1, 7, 64, 65, 255, 256, 257, 1000, 4099, 70000];

describe("combine", () => {
  for (const terms of [1, 2, 3, 4, 5])
    it.each(sizes)(`sums ${terms} weighted terms of %d elements`, async (count) => {
      const inputs = Array.from({ length: terms }, (_, term) => ({ data: noise(term + 1, count), weight: 1.5 - term }));
      const sum = await withKernels(async (kernels, buffer) => {
        const out = buffer(count);
        kernels.combine(
          out,
          inputs.map(({ data, weight }) => ({ buffer: buffer(data), weight })),
          count,
        );
        return read(device(), out, count);
      });
      expect(largestDifference(sum, combineCpu(inputs))).toBeLessThan(2e-6 * terms);
    });

  it("bounds the sum and lets NaN through", async () => {
    const data = Float32Array.of(3, -3, 0.25, Number.NaN, Number.POSITIVE_INFINITY);
    const sum = await withKernels(async (kernels, buffer) => {
      const out = buffer(5);
      kernels.combine(out, [{ buffer: buffer(data), weight: 1 }], 5, 1);
      return read(device(), out, 5);
    });
    expect([...sum]).toEqual([1, -1, 0.25, Number.NaN, 1]);
    expect([...combineCpu([{ data, weight: 1 }], 1)]).toEqual([...sum]);
  });

  it("keeps the parameters of launches that follow each other apart", async () => {
    const [first, second] = await withKernels(async (kernels, buffer) => {
      const [one, outs] = [buffer(Float32Array.of(1)), [buffer(1), buffer(1)] as const];
      kernels.combine(outs[0], [{ buffer: one, weight: 2 }], 1);
      kernels.combine(outs[1], [{ buffer: one, weight: 3 }], 1);
      return [await read(device(), outs[0], 1), await read(device(), outs[1], 1)];
    });
    expect([first?.[0], second?.[0]]).toEqual([2, 3]);
  });
});

describe("measure", () => {
  it.each([...sizes, 300000])("means over %d elements, the same bits each time", async (count) => {
    const [now, older] = [noise(1, count), noise(2, count)];
    const [once, again] = await withKernels(async (kernels, buffer) => {
      const [a, b] = [buffer(now), buffer(older)];
      const first = await read(device(), kernels.measure(a, b, count), 4);
      return [first, await read(device(), kernels.measure(a, b, count), 4)] as const;
    });
    const { change, magnitude, present, rms } = measureCpu(now, older);
    expect(Math.abs((once[0] as number) / change - 1)).toBeLessThan(1e-6);
    expect(Math.abs((once[1] as number) / magnitude - 1)).toBeLessThan(1e-6);
    expect(Math.abs((once[2] as number) / present - 1)).toBeLessThan(1e-6);
    expect(Math.abs(Math.sqrt(once[3] as number) / rms - 1)).toBeLessThan(1e-6);
    expect([...again]).toEqual([...once]);
  });
});

describe("split", () => {
  it.each([
    [1, 8, 8],
    [3, 7, 9],
    [2, 16, 10],
    [5, 1, 1],
    [2, 4, 3],
    [24, 48, 48],
  ])("equals the plain loops over %d planes of %d × %d", async (planes, height, width) => {
    const count = planes * height * width;
    const data = noise(count, count);
    const size = [height, width] as const;
    const [low, high] = await withKernels(async (kernels, buffer) => {
      const scratch = kernels.splitScratchBytes(size, planes) / 4;
      const [outLow, outHigh] = [buffer(count), buffer(count)];
      await kernels.split(
        { data: buffer(data), low: outLow, high: outHigh, scratch: [buffer(scratch), buffer(scratch)] },
        size,
        planes,
      );
      return [await read(device(), outLow, count), await read(device(), outHigh, count)] as const;
    });
    const expected = splitCpu(data, [planes, height, width]);
    expect(largestDifference(low, expected.low)).toBeLessThan(2e-6);
    expect(largestDifference(high, expected.high)).toBeLessThan(2e-6);
  });
});
