// The same on a GPU, through Dawn in Node: npm install --no-save webgpu && npm run bench:gpu [-- --size small --rounds 7
// --peak-tflops 40 --peak-gbps 1000]. It wants a Vulkan, Metal or D3D12 driver. The result goes into bench/report.json.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { webgpuBackend } from "../dist/lib/backends/webgpu.js";
import { adapterName, openGpu } from "../dist/lib/backends/webgpu-device.js";
import { pab } from "../dist/lib/cache/methods/pyramid-attention-broadcast.js";
import { median } from "../dist/lib/metrics/median.js";
import { profiling } from "../dist/lib/profile.js";
import { inTurn, type Report, ratioTo, type Section, spread } from "./report.ts";
import { nanoSize, type Size, smallSize, subject } from "./subject.ts";

const { values } = parseArgs({
  options: {
    size: { type: "string", default: "nano" },
    rounds: { type: "string", default: "7" },
    steps: { type: "string", default: "10" },
    "peak-tflops": { type: "string" },
    "peak-gbps": { type: "string" },
  },
});
const size = ({ nano: nanoSize, small: smallSize } as Readonly<Record<string, Size>>)[values.size];
const [rounds, steps] = [Number(values.rounds), Number(values.steps)];
const stop = (message: string): never => {
  console.error(message);
  process.exit(1);
};
if (!size) stop(`--size is "${values.size}"; expected nano or small.`);

/** Dawn's globals where a browser has them. */
const adapterOfDawn = async (): Promise<GPUAdapter> => {
  const optional = "webgpu";
  const dawn = await import(optional).catch(() =>
    stop("The optional package webgpu is missing: npm install --no-save webgpu"),
  );
  Object.assign(globalThis, dawn.globals);
  const gpu: GPU = dawn.create([]);
  Object.defineProperty(globalThis, "navigator", { value: { gpu, userAgent: "Node" }, configurable: true });
  // Dawn refuses views of onnxruntime's shared memory.
  const { writeBuffer } = GPUQueue.prototype;
  GPUQueue.prototype.writeBuffer = function (this: GPUQueue, buffer, offset, data, from = 0, count?: number) {
    const view = data as Uint8Array<ArrayBuffer>;
    const shared = (ArrayBuffer.isView(data) ? data.buffer : data) instanceof SharedArrayBuffer;
    if (!shared) return writeBuffer.call(this, buffer, offset, data as ArrayBuffer, from, count);
    return writeBuffer.call(this, buffer, offset, view.slice(from, count === undefined ? undefined : from + count));
  };
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  return (
    adapter ?? stop("Dawn finds no GPU adapter here: there is no GPU, or no Vulkan, Metal or D3D12 driver for it.")
  );
};

const adapter = await adapterOfDawn();
const gpu = await openGpu(adapter);
const ort = await import("onnxruntime-web/webgpu");
ort.env.wasm.numThreads = 1;
const one = subject(size as Size);
const [captured, uncaptured] = [true, false].map((capture) => webgpuBackend({ ort, gpu, capture }));
if (!captured || !uncaptured) throw new Error("two backends were asked for");
const on = (backend: typeof captured) => ({
  backend,
  compile: (graph: Parameters<typeof captured.compile>[0]) => backend.compile(graph),
});

/** As many passes over one session as a user of onnxruntime-web would write it: weights inside, tensors on the GPU. */
const plain = async () => {
  const session = await ort.InferenceSession.create(one.whole.serialize("initializers"), {
    executionProviders: [{ name: "webgpu", device: gpu.device }],
    preferredOutputLocation: "gpu-buffer",
  });
  const tensor = ({ data, dims }: typeof one.noise) => new ort.Tensor("float32", data, dims);
  return async () => {
    for (const timestep of one.scheduler(steps).timesteps)
      for (const rows of [one.text.cond, one.text.uncond]) {
        const feeds = {
          latents: tensor(one.noise),
          timestep: tensor(one.model.embedTimestep(timestep)),
          text: tensor(rows),
        };
        (await session.run(feeds))[one.model.output]?.dispose();
      }
    await gpu.device.queue.onSubmittedWorkDone();
  };
};

const everything = pab({
  spatialAttentionBlockSkipRange: 1,
  temporalAttentionBlockSkipRange: 1,
  crossAttentionBlockSkipRange: 1,
});
const ways = {
  "onnxruntime-web by hand": await plain(),
  "engine, captured": () => one.run(steps, [], on(captured)),
  "engine, uncaptured": () => one.run(steps, [], on(uncaptured)),
  "engine, PAB with everything computed": () => one.run(steps, [everything], on(captured)),
  "engine, every sub-layer a graph": () => one.run(steps, [profiling], { ...on(captured), cuts: "sites" }),
};
const times = await inTurn(ways, rounds);
const of = (way: keyof typeof ways): number[] => times.get(way) as number[];
const rows: (string | number)[][] = Object.keys(ways).map((way) => {
  const ms = of(way as keyof typeof ways);
  return [
    way,
    spread(ms),
    ratioTo(of("onnxruntime-web by hand"), ms).toFixed(3),
    ratioTo(of("engine, captured"), ms).toFixed(3),
  ];
});

const passMs = median(of("engine, captured")) / (2 * steps);
const cutMs = median(of("engine, every sub-layer a graph")) / (2 * steps);
const breakEven = (cutMs - passMs) / (2 * one.model.sites.all().length);

// Multiplications and additions of a pass: matrices over all rows, and attention's two products.
const { heads, headWidth, layers, frames, side, clips } = size as Size;
const [width, patches] = [heads * headWidth, (side / 8) ** 2];
const tokens = clips * frames * patches;
const linear = layers * (2 * 8 + 2 * 4 + 2 * 2) * width ** 2 * 2 * tokens;
const products = layers * 4 * tokens * width * (patches + frames + 8);
const teraflops = (linear + products) / passMs / 1e9;

/** Bytes moved per second by the engine's own weighted sum of two tensors of 64 MiB. */
const bandwidth = async (): Promise<number> => {
  const dims = [2 ** 24];
  const big = captured.upload({ dims, data: new Float32Array(2 ** 24) });
  const ms: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = performance.now();
    const sums = Array.from({ length: 8 }, () =>
      captured.combine([big, big].map((handle) => ({ handle, weight: 0.5 }))),
    );
    await captured.settled();
    ms.push((performance.now() - before) / 8);
    for (const sum of sums) captured.release(sum);
  }
  captured.release(big);
  return (3 * big.bytes) / median(ms) / 1e6;
};
const gbps = await bandwidth();
const share = (value: number, peak: string | undefined): string =>
  peak ? ` (${((100 * value) / Number(peak)).toFixed(0)} % of ${peak})` : "";

const section: Section = {
  id: "gpu",
  title: "On a GPU",
  command: ["npm run bench:gpu", ...(process.argv.length > 2 ? ["--", ...process.argv.slice(2)] : [])].join(" "),
  says: `${adapterName(adapter)} through Dawn in Node, the ${values.size} size, ${steps} steps. Cutting costs more than it saves below ${breakEven.toFixed(3)} ms a segment. A pass of ${passMs.toFixed(2)} ms does ${teraflops.toFixed(3)} TFLOP/s${share(teraflops, values["peak-tflops"])}; the engine's sums move ${gbps.toFixed(0)} GB/s${share(gbps, values["peak-gbps"])}.`,
  columns: ["Way", "Time, ms", "To plain", "To captured"],
  rows,
};
console.log(`${section.says}\n`);
console.log(
  [section.columns, section.columns.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n"),
);
const path = new URL("report.json", import.meta.url).pathname;
if (existsSync(path)) {
  const report: Report = JSON.parse(readFileSync(path, "utf8"));
  const sections = [...report.sections.filter(({ id }) => id !== section.id), section];
  writeFileSync(path, `${JSON.stringify({ ...report, sections }, undefined, 1)}\n`);
}
process.exit(0);
