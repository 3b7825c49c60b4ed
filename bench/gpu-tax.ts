// What the engine adds to plain onnxruntime-web on a GPU, the size from which cutting pays, and how near it comes to the
// device's peaks.
import type { Backend } from "../dist/lib/backends/backend.js";
import { openDawn } from "../dist/lib/backends/dawn.js";
import { loadRuntime, type Runtime } from "../dist/lib/backends/runtime.js";
import { webgpuBackend } from "../dist/lib/backends/webgpu.js";
import { type Gpu, openGpu } from "../dist/lib/backends/webgpu-device.js";
import { pab } from "../dist/lib/cache/methods/pyramid-attention-broadcast.js";
import { cutsOf } from "../dist/lib/measure/profile.js";
import { median } from "../dist/lib/metrics/median.js";
import { inTurn, type Measured, ratioTo, spread } from "./report.ts";
import { leastSize, nanoSize, type Size, type Subject, smallSize, subject } from "./subject.ts";

/** The device's limits as its maker gives them, where they are known. */
export interface Peaks {
  readonly tflops?: number | undefined;
  readonly gbps?: number | undefined;
}

/** What runs graphs: the runtime, and a device that plain sessions and the engine share. */
interface Ground {
  readonly ort: Runtime;
  readonly gpu: Gpu;
}

const openGround = async (): Promise<Ground> => {
  const adapter = await (await openDawn()).requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) throw new Error("There is no GPU adapter any more.");
  return { ort: await loadRuntime("jspi"), gpu: await openGpu(adapter) };
};

/** As many passes over one session as a user of onnxruntime-web would write it: weights inside, tensors on the GPU. */
const plainRun = async ({ ort, gpu: { device } }: Ground, one: Subject, steps: number) => {
  const session = await ort.InferenceSession.create(one.whole.serialize("initializers"), {
    executionProviders: [{ name: "webgpu", device }],
    preferredOutputLocation: "gpu-buffer",
  });
  const tensor = ({ data, dims }: typeof one.noise) => new ort.Tensor("float32", data, dims);
  return async () => {
    for (const timestep of one.scheduler(steps).timesteps)
      for (const rows of [one.text.cond, one.text.uncond]) {
        const embedded = one.model.embedTimestep(timestep);
        const feeds = { latents: tensor(one.noise), timestep: tensor(embedded), text: tensor(rows) };
        (await session.run(feeds))[one.model.output]?.dispose();
      }
    await device.queue.onSubmittedWorkDone();
  };
};

const everything = pab({
  spatialAttentionBlockSkipRange: 1,
  temporalAttentionBlockSkipRange: 1,
  crossAttentionBlockSkipRange: 1,
});

/** Graphs of a pass that is cut at every border of a sub-layer. */
/** Multiplications and additions of a pass: matrices over all rows, and attention's two products. */
const operations = ({ heads, headWidth, layers, frames, side, clips }: Size): number => {
  const [width, patches] = [heads * headWidth, (side / 8) ** 2];
  const tokens = clips * frames * patches;
  const linear = layers * (2 * 8 + 2 * 4 + 2 * 2) * width ** 2 * 2 * tokens;
  return linear + layers * 4 * tokens * width * (patches + frames + 8);
};

/** Gigabytes moved per second by the engine's own weighted sum of two large tensors. */
const bandwidth = async (backend: Backend, rounds: number, numbers: number): Promise<number> => {
  const big = backend.upload({ dims: [numbers], data: new Float32Array(numbers) });
  const ms: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = performance.now();
    const terms = [big, big].map((handle) => ({ handle, weight: 0.5 }));
    const sums = Array.from({ length: 8 }, () => backend.combine(terms));
    await backend.settled();
    ms.push((performance.now() - before) / 8);
    for (const sum of sums) backend.release(sum);
  }
  backend.releaseAll();
  return (3 * big.bytes) / median(ms) / 1e6;
};

const ofPeak = (value: number, peak: number | undefined): string =>
  peak ? `, ${((100 * value) / peak).toPrecision(2)} % of the peak of ${peak}` : "";

export const gpuTax = async (peaks: Peaks, quick: boolean, rounds: number): Promise<Measured> => {
  const ground = await openGround();
  const [captured, uncaptured] = [true, false].map((capture) => webgpuBackend({ ...ground, capture })) as [
    Backend,
    Backend,
  ];
  const rows: (string | number)[][] = [];
  const says: string[] = [];
  const steps = quick ? 2 : 10;
  for (const [name, size] of Object.entries(quick ? { least: leastSize } : { nano: nanoSize, small: smallSize })) {
    const one = subject(size, captured);
    const on = (backend: Backend) => ({ backend, compile: backend.compile });
    const times = await inTurn(
      {
        "onnxruntime-web by hand": await plainRun(ground, one, steps),
        "engine, captured": () => one.run(steps, []),
        "engine, uncaptured": () => one.run(steps, [], on(uncaptured)),
        "engine, PAB with everything computed": () => one.run(steps, [everything]),
        "engine, every sub-layer a graph": () => one.run(steps, [], { cuts: cutsOf(one.model.sites) }),
      },
      rounds,
    );
    const [plain, whole, , , cut] = [...times.values()] as [number[], number[], number[], number[], number[]];
    for (const [way, ms] of times)
      rows.push([name, way, steps, spread(ms), ratioTo(plain, ms).toFixed(3), ratioTo(whole, ms).toFixed(3)]);
    const passMs = median(whole) / (2 * steps);
    const callMs = (median(cut) / (2 * steps) - passMs) / (cutsOf(one.model.sites).length - 2);
    const tflops = operations(size) / passMs / 1e9;
    says.push(
      `On ${name} a graph of its own costs ${callMs.toFixed(3)} ms, the break-even: cutting a shorter segment off costs more than leaving it out saves. A pass takes ${passMs.toFixed(2)} ms${quick ? "" : ` and does ${tflops.toPrecision(3)} TFLOP/s${ofPeak(tflops, peaks.tflops)}`}.`,
    );
  }
  if (!quick) {
    const gbps = await bandwidth(captured, rounds, 2 ** 24);
    says.push(`The engine's weighted sums move ${gbps.toPrecision(3)} GB/s${ofPeak(gbps, peaks.gbps)}.`);
  }
  for (const backend of [captured, uncaptured]) await backend.dispose();
  ground.gpu.close();
  return {
    id: "tax",
    title: "What the engine adds, and what cutting costs",
    says: `As many passes by hand over one onnxruntime-web session with its tensors on the GPU, and the denoising loop through the engine, with captured graphs and without; then with every attention output handed out and kept, and with every sub-layer a graph of its own. ${says.join(" ")}`,
    columns: ["Model", "Way", "Steps", "Time, ms", "To plain", "To captured"],
    rows,
  };
};
