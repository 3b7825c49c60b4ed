// Networks at their true size, with random weights made in memory: does the graph build, does a step run in Node, what does
// it take? The clip is small, so that memory is that of the weights; one thread. Prints a row, with --json an object.
//   npx tsc -p tsconfig.lib.json && node bench/real-sizes.ts NAME [f16|q8|q4] [int8] [layers=N] [--json]
// NAME is a model card's (npx diffusion-cache cards). "int8" runs with activations in 8 bits too, and says how far the
// prediction of the first step is from that without. "layers=2" cuts the network short, to try whether it works at all.
import * as ort from "onnxruntime-web";
import { architectureOf } from "../dist/lib/architectures/index.js";
import { wasmBackend } from "../dist/lib/backends/wasm.js";
import { imageModels } from "../dist/lib/cards/image-models.js";
import { videoModels } from "../dist/lib/cards/video-models.js";
import type { Bits } from "../dist/lib/files/bit-blocks.js";
import { withEightBitActivations } from "../dist/lib/graph/eight-bit-activations.js";
import { randn } from "../dist/lib/random.js";
import { engineOf } from "../dist/lib/run/engine-of.js";
import { sizeOf } from "../dist/lib/tensor.js";
import { randomWeights, shapesOf } from "./random-checkpoint.ts";

const [name = "PixArt-alpha-1024", ...flags] = process.argv.slice(2);
const dtype = flags.find((flag) => /^(f16|q8|q4)$/.test(flag)) ?? "f16";
const bits = ({ q8: 8, q4: 4 } as Readonly<Record<string, Bits>>)[dtype];
const found = { ...imageModels, ...videoModels }[name];
if (!found) throw new Error(`no card is called ${name}`);
const layers = flags.find((flag) => flag.startsWith("layers="))?.slice(7);
const count = found.class === "ZImageTransformer2DModel" ? "n_layers" : "num_layers";
const cut = layers ? { [count]: Number(layers) } : {};
const heads = Number(found.config.num_attention_heads ?? 18);
const more = found.class === "SD3Transformer2DModel" ? { caption_projection_dim: 64 * heads } : {}; // no card needs it
const config = { ...found.config, ...more, ...cut, _class_name: found.class } as Record<string, unknown>;

ort.env.wasm.numThreads = 1;
const { shape } = await architectureOf(config);
const { channels, frames } = shape(config);
/** 256 tokens of an image, or 192 of three frames, at patches of 2 × 2 pixels; LTX-Video has patches of one. */
const side = frames === 1 ? 32 : found.class === "LTXVideoTransformer3DModel" ? 8 : 16;
const size = { channels, frames: frames === 1 ? 1 : 3, height: side, width: side };
const tokens = 64;
const needs = await shapesOf(config, { clips: 1, ...size, tokens });
const parameters = [...needs.shapes.values()].reduce((sum, dims) => sum + sizeOf(dims), 0);
const cond = Object.fromEntries(
  needs.conditions.map(({ name: which, dims }, seed) => {
    if (which === "label") return [which, { dims: [1], data: Float32Array.of(207) }];
    if (which === "resolution") return [which, { dims: [1, 2], data: Float32Array.of(256, 256) }];
    if (which === "aspect_ratio") return [which, { dims: [1, 1], data: Float32Array.of(1) }];
    if (which === "guidance") return [which, { dims: [1], data: Float32Array.of(3.5) }];
    return [which, randn(seed, [...dims])];
  }),
);
const scheduler = { _class_name: "FlowMatchEulerDiscreteScheduler", num_train_timesteps: 1000, shift: 3 };
const weights = new Map(randomWeights(needs, bits));
// A DiT's file has the one embedder of its timestep in every block.
const embedder = "transformer_blocks.0.norm1.emb.";
for (const [one, tensor] of [...weights])
  if (one.startsWith(embedder))
    for (let layer = 1; layer < Number(config.num_layers ?? 28); layer++)
      weights.set(one.replace(".0.", `.${layer}.`), tensor);

const measured = async (int8: boolean) => {
  const checkpoint = { config, weights, schedulerConfig: scheduler };
  const computing = int8 ? { computing: withEightBitActivations } : {};
  const device = { backend: "wasm", description: "", notices: [] } as never;
  const engine = await engineOf({ ...checkpoint, ...computing }, wasmBackend(ort), device);
  const inputs = { noise: randn(0, [1, channels, ...Object.values(size).slice(1)]), cond };
  const before = process.cpuUsage().user;
  const run = () => engine.generate({ steps: 1, guidance: 1, inputs, predictions: true });
  await run(); // makes the weights, compiles
  const ready = process.cpuUsage().user;
  const { predictions = [], trace } = await run();
  const cpu = process.cpuUsage().user - ready;
  await engine.dispose();
  const seconds = (micro: number): number => Math.round(micro / 1e5) / 10;
  return {
    prediction: predictions[0] as Float32Array,
    row: {
      ...{ model: name, class: found.class, weights: parameters, dtype, activations: int8 ? "int8" : "float32" },
      ...{ latents: inputs.noise.dims, weightsMB: Math.round(trace.totals.bytes.peak.weights / 1e6) },
      ...{ firstRunCpuS: seconds(ready - before), stepCpuS: seconds(cpu) },
      peakMB: Math.round(process.resourceUsage().maxRSS / 1000),
      notes: trace.notes ?? [],
    },
  };
};

const plain = await measured(false);
const rows: object[] = [plain.row];
if (flags.includes("int8")) {
  const { prediction, row } = await measured(true);
  const norm = (values: Float32Array): number => Math.hypot(...values);
  const off = norm(prediction.map((value, at) => value - (plain.prediction[at] as number))) / norm(plain.prediction);
  rows.push({ ...row, predictionOff: Number(off.toPrecision(2)) });
}
for (const row of rows) console.info(flags.includes("--json") ? JSON.stringify(row) : row);
process.exit(); // onnxruntime's threads stay
