// How time and memory of a forward pass grow with the size of the clip and of the network.
import { median } from "../dist/lib/metrics/median.js";
import { sizeOf } from "../dist/lib/tensor.js";
import { type Curve, type Effort, type Measured, mib } from "./report.ts";
import { type Size, subject } from "./subject.ts";

const axes: readonly {
  readonly quantity: string;
  readonly values: readonly number[];
  size(value: number): Partial<Size>;
}[] = [
  { quantity: "frames", values: [2, 4, 8, 16, 32], size: (frames) => ({ frames }) },
  { quantity: "side of a frame, pixels", values: [24, 32, 48, 64, 96], size: (side) => ({ side }) },
  { quantity: "width", values: [64, 128, 192, 256, 384], size: (width) => ({ heads: width / 32 }) },
  { quantity: "blocks", values: [2, 4, 8, 16], size: (blocks) => ({ layers: blocks / 2 }) },
  { quantity: "clips at once", values: [1, 2, 4, 8], size: (clips) => ({ clips }) },
];

/** Slope of log y over log x by least squares. */
const exponent = (points: readonly (readonly [x: number, y: number])[]): number => {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const mean = (of: 0 | 1): number => logs.reduce((sum, one) => sum + one[of], 0) / logs.length;
  const [mx, my] = [mean(0), mean(1)];
  return logs.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / logs.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
};

/** Bytes of weights, of what enters, and of every sub-layer's output: what a method that keeps them all would hold. */
const bytesOf = (
  { model, whole, noise }: ReturnType<typeof subject>,
  { heads, headWidth, clips, frames, side }: Size,
) => {
  const weights = whole.weights.reduce((sum, { dims }) => sum + 4 * sizeOf(dims), 0);
  const stream = 4 * clips * frames * (side / 8) ** 2 * heads * headWidth;
  return weights + noise.data.byteLength + model.sites.all().length * stream;
};

export const growth = async ({ quick, open, size: usual }: Effort): Promise<Measured> => {
  const backend = await open();
  const curves: Curve[] = [];
  for (const { quantity, values, size } of axes) {
    const points: Curve["points"][number][] = [];
    for (const at of quick ? values.slice(0, 3) : values) {
      const all = { ...usual, ...size(at) };
      const one = subject(all, backend);
      const compiled = await backend.compile(one.whole);
      const inputs = new Map([
        ["latents", backend.upload(one.noise)],
        ["timestep", backend.upload(one.model.embedTimestep(500))],
        ["text", backend.upload(one.text.cond)],
      ]);
      const ms: number[] = [];
      for (let round = 0; round < (quick ? 2 : 7); round++) {
        const before = performance.now();
        await backend.run(compiled, inputs, new Set());
        await backend.settled();
        ms.push(performance.now() - before);
      }
      backend.releaseAll();
      points.push({ at, ms: median(ms), bytes: bytesOf(one, all) });
    }
    const slope = (of: "ms" | "bytes"): number => exponent(points.map((point) => [point.at, point[of]] as const));
    curves.push({ quantity, points, exponents: { ms: slope("ms"), bytes: slope("bytes") } });
  }
  await backend.dispose();
  return {
    id: "growth",
    title: "How cost grows",
    says: `One forward pass of a Latte with random weights, one quantity changed at a time from ${usual.frames} frames of ${usual.side}×${usual.side}, width ${usual.heads * usual.headWidth}, ${2 * usual.layers} blocks and one clip, as the ${usual.name} model has them. Memory is the weights, the noise and one feature of every sub-layer in one branch, by arithmetic. The exponent p says that cost grows as quantity^p.`,
    columns: ["Quantity", "At", "Pass, ms", "Memory, MiB", "Exponent of time", "Exponent of memory"],
    rows: curves.flatMap(({ quantity, points, exponents }) =>
      points.map(({ at, ms, bytes }) => [
        quantity,
        at,
        ms.toFixed(1),
        mib(bytes),
        exponents.ms.toFixed(2),
        exponents.bytes.toFixed(2),
      ]),
    ),
    curves,
  };
};
