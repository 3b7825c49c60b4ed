// Models to measure, without the engine's door around them: a checkpoint, its graphs, a backend and a run.
import { readFileSync } from "node:fs";
import * as ort from "onnxruntime-web";
import { latte } from "../dist/lib/architectures/latte.js";
import { latteConfig, latteWeights } from "../dist/lib/architectures/latte-config.js";
import type { Backend } from "../dist/lib/backends/backend.js";
import { wasmBackend } from "../dist/lib/backends/wasm.js";
import { segmenter } from "../dist/lib/cache/segments.js";
import { weightStore } from "../dist/lib/graph/weights.js";
import { openFiles } from "../dist/lib/models/files.js";
import { randn } from "../dist/lib/random.js";
import { type Checkpoint, loadCheckpoint } from "../dist/lib/run/checkpoint.js";
import { type DenoiseOptions, denoise } from "../dist/lib/run/denoise.js";
import { schedulerFromConfig } from "../dist/lib/schedulers/index.js";
import type { Tensor } from "../dist/lib/tensor.js";

export const nanoFolder = new URL("../site/public/models/latte-motion-nano", import.meta.url).pathname;
const json = (path: string) => JSON.parse(readFileSync(`${nanoFolder}/${path}`, "utf8"));

/** A Latte of any size with random weights: what it makes is noise, and it takes as long as a trained one. */
export interface Size {
  readonly name: string;
  readonly heads: number;
  /** Numbers per head; width is heads times this. */
  readonly headWidth: number;
  readonly layers: number;
  readonly frames: number;
  readonly side: number;
  readonly clips: number;
}

export const nanoSize: Size = { name: "nano", heads: 4, headWidth: 32, layers: 4, frames: 8, side: 48, clips: 1 };
/** As training/config/small.py has it. */
export const smallSize: Size = { name: "small", heads: 8, headWidth: 32, layers: 6, frames: 16, side: 64, clips: 1 };

/** Next to nothing, to see on a software driver whether everything works; as wide as nano, whose vocabulary it takes. */
export const leastSize: Size = { ...nanoSize, name: "least", layers: 1, frames: 2, side: 16 };

/** The trained nano model, or what is left of it at another size. */
export const checkpoint = async ({ layers, frames, side }: Size): Promise<Checkpoint> => {
  const whole = await loadCheckpoint(await openFiles(nanoFolder));
  const { manifest } = whole;
  const config = { ...(whole.config as object), num_layers: layers, sample_size: side, video_length: frames };
  const clip = { fps: 8, ...manifest?.clip, frames, height: side, width: side };
  return { ...whole, config, ...(manifest ? { manifest: { ...manifest, clip } } : {}) };
};

const tokens = 8;
export const guidance = 2.5;
export const openWasm = async (): Promise<Backend> => wasmBackend(ort);
export { ort };

export const subject = ({ heads, headWidth, layers, frames, side, clips }: Size, backend: Backend) => {
  const config = {
    ...json("transformer/config.json"),
    num_attention_heads: heads,
    attention_head_dim: headWidth,
    cross_attention_dim: heads * headWidth,
    num_layers: layers,
    sample_size: side,
    video_length: frames,
  };
  const weights = latteWeights(latteConfig(config)).map(([name, dims], index): [string, Tensor] => {
    const { data } = randn(index, [...dims]);
    const fanIn = dims.slice(1).reduce((product, dim) => product * dim, 1);
    return [name, { dims, data: data.map((value) => (dims.length > 1 ? value / Math.sqrt(fanIn) : 0.02 * value)) }];
  });
  const store = weightStore(new Map(weights));
  const model = latte(config, store, {
    clips,
    channels: 3,
    frames,
    height: side,
    width: side,
    tokens,
  });
  const segments = segmenter(model);
  const noise = randn(0, [clips, 3, frames, side, side]);
  const rows = (seed: number): Tensor => randn(seed, model.conditions[0]?.dims.slice() ?? []);
  const text = { cond: rows(1), uncond: rows(2) };
  const whole = segments.segment({ from: 0, to: model.parts.length, skip: [], keep: [], taps: [] }).graph;
  return {
    model,
    noise,
    text,
    whole,
    scheduler: (steps: number) => schedulerFromConfig(json("scheduler/scheduler_config.json"), steps),
    run: (steps: number, methods: DenoiseOptions["methods"], more: Partial<DenoiseOptions> = {}) =>
      denoise({
        model,
        segments,
        backend,
        scheduler: schedulerFromConfig(json("scheduler/scheduler_config.json"), steps),
        methods,
        guidance,
        noise,
        conditions: { cond: new Map([["text", text.cond]]), uncond: new Map([["text", text.uncond]]) },
        compile: (graph) => backend.compile(graph),
        ...more,
      }),
  };
};

export type Subject = ReturnType<typeof subject>;
