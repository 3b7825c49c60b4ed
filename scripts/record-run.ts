// Runs a program of examples/ here, on WebAssembly, and keeps its clips and traces for the pages that show a recorded
// run: the pair of median speed-up out of five. node scripts/record-run.ts <example> ["prompt"], after npm run build:lib.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { createEngine, idealSpeedup, writeInfinity } from "diffusion-cache";
import { PNG } from "pngjs";
import type { ExampleModule, Outcome } from "../site/client/example-module.ts";

const [name = "pyramid-attention-broadcast", prompt] = process.argv.slice(2);
const root = new URL("../", import.meta.url).pathname;
const example = (await import(`${root}examples/${name}.ts`)) as ExampleModule;
const engine = await createEngine({ model: `${root}site/public/models/latte-motion-nano`, backend: "wasm" });

/** All frames of a clip side by side. */
const strip = ({ dims, data }: { dims: readonly number[]; data: Float32Array }): Buffer => {
  const [, , frames = 0, height = 0, width = 0] = dims;
  const png = new PNG({ width: frames * width, height });
  png.data.fill(255);
  for (let channel = 0; channel < 3; channel++)
    for (let frame = 0; frame < frames; frame++)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          const value = data[((channel * frames + frame) * height + y) * width + x] ?? 0;
          const byte = Math.round((Math.min(1, Math.max(-1, value)) + 1) * 127.5);
          png.data[4 * (y * frames * width + frame * width + x) + channel] = byte;
        }
  return PNG.sync.write(png, { colorType: 2 });
};

const { defaults } = engine.model;
const settings = {
  ...defaults,
  prompt: prompt ?? defaults.prompt,
  seed: 0,
  options: Object.fromEntries(example.knobs.map((knob) => [knob.name, knob.default])),
};
const request = { engine, signal: new AbortController().signal, onProgress: () => undefined };
await example.run({ ...request, settings: { ...settings, steps: 2 } }); // warm-up: nobody measures it

const pairs: Awaited<ReturnType<ExampleModule["run"]>>[] = [];
for (let repeat = 0; repeat < 5; repeat++) pairs.push(await example.run({ ...request, settings }));
const gain = ({ uncached, cached }: Outcome) => uncached.trace.totals.wallMs / cached.trace.totals.wallMs;
pairs.sort((a, b) => gain(a) - gain(b));
const { uncached, cached, quality } = pairs[2] as Outcome;

const ideal = idealSpeedup(cached.trace, await engine.profile());

const folder = `${root}site/public/recorded/${name}`;
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}/uncached.png`, strip(uncached.clip));
writeFileSync(`${folder}/cached.png`, strip(cached.clip));
const on = `${engine.device.description}, ${cpus()[0]?.model ?? "unknown processor"}`;
const { frames, height, width, fps } = engine.model.clip;
const record = {
  on,
  settings,
  clip: { frames, height, width, fps },
  quality,
  ideal,
  uncached: uncached.trace,
  cached: cached.trace,
};
writeFileSync(`${folder}/run.json`, `${JSON.stringify(record, writeInfinity)}\n`);
console.log(
  `${folder}: ${uncached.trace.totals.wallMs.toFixed(0)} ms uncached, ${cached.trace.totals.wallMs.toFixed(0)} ms cached; speed-ups ${pairs.map((pair) => gain(pair).toFixed(2)).join(", ")}`,
);
await engine.dispose();
