import { bandTables } from "./band-tables.js";
import { combineWgsl, mostTerms } from "./combine.wgsl.js";
import { launcher } from "./launch.js";
import { measureWgsl, mostPartials } from "./measure.wgsl.js";

/** A float32 buffer's share of a weighted sum. */
export interface Term {
  readonly buffer: GPUBuffer;
  readonly weight: number;
}

/** How a caller's buffers are made, so that it can count them. */
export type MakeBuffer = (bytes: number, usage: GPUBufferUsageFlags, label: string) => GPUBuffer;

const combineShaders = [false, true].map((clamped) =>
  Array.from({ length: mostTerms }, (_, index) => combineWgsl(index + 1, clamped)),
);

/**
 * The engine's own kernels on one device: each call records and submits one command buffer, in order with everything
 * else on the device's queue. Twins in plain loops: `cpu.ts`. All tensors are float32; `count` is a number of elements.
 */
export const gpuKernels = (device: GPUDevice, makeBuffer: MakeBuffer) => {
  const { STORAGE, UNIFORM, COPY_DST, COPY_SRC } = GPUBufferUsage;
  const record = launcher(device);
  // One buffer of parameters serves all launches: the queue orders each write before the dispatch that reads it.
  const params = makeBuffer(48, UNIFORM | COPY_DST, "kernel parameters");
  const partials = makeBuffer(16 * mostPartials, STORAGE, "partial sums");
  const means = makeBuffer(16, STORAGE | COPY_SRC, "means");
  const tables = new Map<
    string,
    { readonly frequencies: number; readonly turns: GPUBuffer; readonly columns: GPUBuffer }
  >();

  const submit = (launches: Parameters<typeof record>[1]): void => {
    const encoder = device.createCommandEncoder();
    record(encoder, launches);
    device.queue.submit([encoder.finish()]);
  };
  const table = (values: Float32Array<ArrayBuffer>, label: string): GPUBuffer => {
    const buffer = makeBuffer(values.byteLength, STORAGE | COPY_DST, label);
    device.queue.writeBuffer(buffer, 0, values);
    return buffer;
  };
  const tablesOf = (height: number, width: number) => {
    const key = `${height} × ${width}`;
    const found = tables.get(key);
    if (found) return found;
    const { radius, turns, columns } = bandTables(height, width);
    const made = {
      frequencies: radius + 1,
      turns: table(turns, `turns ${key}`),
      columns: table(columns, `columns ${key}`),
    };
    tables.set(key, made);
    return made;
  };

  return {
    /** sum = Σ weight · buffer over at most `mostTerms` terms, bounded to ±clamp. `sum` is none of the terms. */
    combine(sum: GPUBuffer, terms: readonly Term[], count: number, clamp?: number): void {
      const words = new Float32Array(12); // count, bound, 2 of padding, weights
      new Uint32Array(words.buffer)[0] = count;
      words[1] = clamp ?? 0;
      terms.forEach(({ weight }, index) => {
        words[4 + index] = weight;
      });
      device.queue.writeBuffer(params, 0, words);
      const inputs = Object.fromEntries(terms.map(({ buffer }, index) => [index + 2, buffer]));
      const shader = combineShaders[clamp === undefined ? 0 : 1]?.[terms.length - 1] as string;
      submit([{ shader, entry: "main", buffers: { 0: params, 1: sum, ...inputs }, threads: count }]);
    },
    /** Mean |now − older|, |older| and |now| as three floats at the head of the returned buffer, until the next call. */
    measure(now: GPUBuffer, older: GPUBuffer, count: number): GPUBuffer {
      const groups = Math.min(mostPartials, Math.ceil(count / 256));
      device.queue.writeBuffer(params, 0, Uint32Array.of(count, groups));
      const shader = measureWgsl;
      submit([
        { shader, entry: "partial", buffers: { 0: params, 1: now, 2: older, 3: partials }, threads: groups * 256 },
        { shader, entry: "total", buffers: { 0: params, 3: partials, 4: means }, threads: 1 },
      ]);
      return means;
    },
    /** Bytes of each of the two scratch buffers that `split` wants. */
    splitScratchBytes([height, width]: readonly [number, number], planes: number): number {
      return 8 * planes * tablesOf(height, width).frequencies * height;
    },
    /** low + high = data over `planes` planes of height × width. Few methods need its shader, so it is loaded here. */
    async split(
      buffers: {
        readonly data: GPUBuffer;
        readonly low: GPUBuffer;
        readonly high: GPUBuffer;
        readonly scratch: readonly [GPUBuffer, GPUBuffer];
      },
      [height, width]: readonly [number, number],
      planes: number,
    ): Promise<void> {
      const { bandWgsl: shader } = await import("./band.wgsl.js");
      const { frequencies, turns, columns } = tablesOf(height, width);
      const {
        data,
        low,
        high,
        scratch: [rows, sifted],
      } = buffers;
      device.queue.writeBuffer(params, 0, Uint32Array.of(planes, height, width, frequencies));
      const [inside, all] = [planes * frequencies * height, planes * height * width];
      submit([
        { shader, entry: "analyse", buffers: { 0: params, 1: data, 2: turns, 4: rows }, threads: inside },
        { shader, entry: "sift", buffers: { 0: params, 3: columns, 4: rows, 5: sifted }, threads: inside },
        {
          shader,
          entry: "synthesise",
          buffers: { 0: params, 1: data, 2: turns, 5: sifted, 6: low, 7: high },
          threads: all,
        },
      ]);
    },
    dispose(): void {
      for (const buffer of [params, partials, means]) buffer.destroy();
      for (const { turns, columns } of tables.values()) for (const buffer of [turns, columns]) buffer.destroy();
      tables.clear();
    },
  };
};
export { mostTerms };
