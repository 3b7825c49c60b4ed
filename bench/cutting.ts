// What does the engine add to plain onnxruntime, and what does cutting cost? npm run bench:cutting [-- MODEL [REPEATS]]
//
// Four ways to make the same 20-step clip, in turn, on WASM; medians and the ratio to the engine's uncached run:
// a bare session of the whole graph, the engine uncached, PAB with everything computed (features handed out and kept),
// and every sub-layer as a graph of its own.
import { cpus } from "node:os";
import * as ort from "onnxruntime-web";
import { wasmBackend } from "../dist/lib/backends/wasm.js";
import { pab } from "../dist/lib/cache/methods/pyramid-attention-broadcast.js";
import { segmenter } from "../dist/lib/cache/segments.js";
import { denoise } from "../dist/lib/denoise.js";
import { median } from "../dist/lib/metrics/median.js";
import { loadCheckpoint } from "../dist/lib/models/checkpoint.js";
import { openFiles } from "../dist/lib/models/files.js";
import { architectureOf } from "../dist/lib/models/index.js";
import { weightStore } from "../dist/lib/models/weights.js";
import { profiling } from "../dist/lib/profile.js";
import { randn } from "../dist/lib/random.js";
import { schedulerFromConfig } from "../dist/lib/schedulers/index.js";
import { encodePrompt, unconditional, type Vocabulary } from "../dist/lib/text/vocabulary.js";

const [folder = "site/public/models/latte-motion-nano", repeats = "7"] = process.argv.slice(2);
const checkpoint = await loadCheckpoint(await openFiles(folder));
const { config, schedulerConfig, manifest } = checkpoint;
const vocabulary = checkpoint.vocabulary as Vocabulary;
const { frames, height, width, channels } = architectureOf(config).shape(config);
const text = encodePrompt(vocabulary, manifest?.defaults?.prompt ?? "");
const geometry = { clips: 1, channels: 3, frames, height, width, tokens: text.dims[1] as number };
const model = architectureOf(config).build(config, weightStore(checkpoint.weights), geometry);
const noise = randn(0, [1, channels, frames, height, width]);
const scheduler = schedulerFromConfig(schedulerConfig, 20);
const guidance = manifest?.defaults?.guidance ?? 2.5;
const backend = wasmBackend(ort);
const segments = segmenter(model);

const engine = (methods: Parameters<typeof denoise>[0]["methods"], cuts: "probes" | "sites") => async () => {
  const { wallMs } = await denoise({
    model,
    segments,
    backend,
    scheduler,
    methods,
    guidance,
    cuts,
    noise,
    conditions: { cond: new Map([["text", text]]), uncond: new Map([["text", unconditional(vocabulary)]]) },
    compile: (graph) => backend.compile(graph),
  });
  return wallMs;
};

const whole = segments.segment({ from: 0, to: model.parts.length, skip: [], keep: [], taps: [] }).graph;
const session = await ort.InferenceSession.create(whole.serialize("initializers"), { executionProviders: ["wasm"] });
const plain = async () => {
  const tensor = ({ data, dims }: typeof noise) => new ort.Tensor("float32", data, dims);
  const before = performance.now();
  for (const timestep of scheduler.timesteps)
    for (const rows of [text, unconditional(vocabulary)])
      await session.run({
        latents: tensor(noise),
        timestep: tensor(model.embedTimestep(timestep)),
        text: tensor(rows),
      });
  return performance.now() - before;
};

const all = {
  spatialAttentionBlockSkipRange: 1,
  temporalAttentionBlockSkipRange: 1,
  crossAttentionBlockSkipRange: 1,
};
const ways = {
  "plain onnxruntime-web, 40 passes": plain,
  "engine, uncached": engine([], "probes"),
  "engine, PAB with everything computed": engine([pab(all)], "probes"),
  "engine, every sub-layer a graph": engine([profiling], "sites"),
};
const times = new Map(Object.keys(ways).map((name) => [name, [] as number[]]));
for (let repeat = -1; repeat < Number(repeats); repeat++)
  for (const [name, run] of Object.entries(ways)) {
    const ms = await run();
    if (repeat >= 0) times.get(name)?.push(ms);
  }
const base = median(times.get("engine, uncached") ?? []);
console.log("| way | median ms | min–max ms | ratio |\n| --- | --- | --- | --- |");
for (const [name, ms] of times)
  console.log(
    `| ${name} | ${median(ms).toFixed(0)} | ${Math.min(...ms).toFixed(0)}–${Math.max(...ms).toFixed(0)} | ${(median(ms) / base).toFixed(3)} |`,
  );
console.log(
  `\n${manifest?.name}, ${backend.description}, ${cpus().length}× ${cpus()[0]?.model}, Node ${process.versions.node}, ${repeats} interleaved repeats`,
);
process.exit(0);
