// Runs programs of examples/ here, on WebAssembly, and keeps their clips and traces for the pages that show a recorded
// run: for each the quickest pair out of five, the least disturbed one, and an uncached run of as many steps as take the
// same time. After npm run build:lib, and again for other weights: node scripts/record-run.ts [example …]; without
// names, all of them. With --measures first, the runs that are recorded are made once more for their quality alone: a new
// measure needs no quiet machine, and times stay as they were.
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { compareClips, createEngine, idealSpeedup, readInfinity, writeInfinity } from "diffusion-cache";
import { PNG } from "pngjs";
import { firstModel } from "../site/model/live-models.ts";
import { defaultsOf, type ExampleModule, type Outcome, type Settings } from "../site/program/example-module.ts";
import { shownIn } from "../site/program/shown.ts";
import { knownNames, writeWhole } from "./script.mjs";

const root = new URL("../", import.meta.url).pathname;
const all = readdirSync(`${root}examples`).flatMap((file) => (file.endsWith(".ts") ? [file.slice(0, -3)] : []));
const again = process.argv[2] === "--measures";
const asked = knownNames("example", process.argv.slice(again ? 3 : 2), all);
const engine = await createEngine({ model: `${root}site/public/models/${firstModel}`, backend: "wasm" });
const on = `${engine.device.description}, ${cpus()[0]?.model ?? "unknown processor"}`;

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

const gain = ({ uncached, cached }: Outcome) => uncached.trace.totals.wallMs / cached.trace.totals.wallMs;
const both = ({ uncached, cached }: Outcome) => uncached.trace.totals.wallMs + cached.trace.totals.wallMs;

/**
 * An uncached run of at most the cached one's time. Numbers of steps whose last gap diffusers' DDIM rounds down to the
 * last timestep itself are passed over: it then leaves a little noise in the clip, which is no fault of fewer steps. Flows
 * end at 0 whatever the number of steps.
 */
const fewerSteps = async ({ options: _, ...asked }: Settings, { uncached, cached, quality }: Outcome) => {
  let steps = Math.max(1, Math.round(asked.steps / gain({ uncached, cached, quality })));
  for (; ; steps--) {
    const { clip, trace } = await engine.generate({ ...asked, steps });
    const noisy = trace.scheduler === "DDIMScheduler" && (trace.timesteps.at(-1) ?? 0) >= Math.floor(1000 / steps);
    if (steps === 1 || !noisy)
      return { steps, wallMs: trace.totals.wallMs, quality: compareClips(uncached.clip, clip) };
  }
};

const record = async (name: string): Promise<void> => {
  const example = (await import(`${root}examples/${name}.ts`)) as ExampleModule;
  const settings = { ...engine.model.defaults, seed: 0, options: defaultsOf(example.knobs) };
  const request = { engine, settings, signal: new AbortController().signal, onProgress: () => undefined };
  await example.run(request); // warm-up: nobody measures it

  const pairs: Outcome[] = [];
  for (let repeat = 0; repeat < 5; repeat++) pairs.push(await example.run(request));
  const [{ uncached, cached, quality }] = pairs.toSorted((a, b) => both(a) - both(b)) as [Outcome];

  const folder = `${root}site/public/recorded/${name}`;
  mkdirSync(folder, { recursive: true });
  writeWhole(`${folder}/uncached.png`, strip(uncached.clip));
  writeWhole(`${folder}/cached.png`, strip(cached.clip));
  const { frames, height, width, fps } = engine.model.clip;
  const run = {
    on,
    settings,
    clip: { frames, height, width, fps },
    quality,
    ideal: idealSpeedup(cached.trace, await engine.profile()),
    fewer: await fewerSteps(settings, { uncached, cached, quality }),
    shown: await shownIn(engine, { uncached, cached, quality }),
    uncached: uncached.trace,
    cached: cached.trace,
  };
  writeWhole(`${folder}/run.json`, `${JSON.stringify(run, writeInfinity)}\n`);
  const speedups = pairs.map((pair) => gain(pair).toFixed(2)).join(", ");
  console.log(`${name}: speed-ups ${speedups}; ideal ${run.ideal.toFixed(2)}; SSIM ${quality.ssim.toFixed(3)}`);
};

const measureAgain = async (name: string): Promise<void> => {
  const example = (await import(`${root}examples/${name}.ts`)) as ExampleModule;
  const file = `${root}site/public/recorded/${name}/run.json`;
  const run = JSON.parse(readFileSync(file, "utf8"), readInfinity);
  const signal = new AbortController().signal;
  const settings = { ...run.settings, options: { ...defaultsOf(example.knobs), ...run.settings.options } };
  const { quality } = await example.run({ engine, settings, signal, onProgress: () => undefined });
  if (quality.psnr !== run.quality.psnr && !(Math.abs(quality.psnr - run.quality.psnr) < 0.05))
    throw new Error(`${name}: PSNR is ${quality.psnr} now and was ${run.quality.psnr}: record it anew.`);
  const { psnr, ssim, maxError } = run.quality;
  writeWhole(file, `${JSON.stringify({ ...run, quality: { ...quality, psnr, ssim, maxError } }, writeInfinity)}\n`);
  console.log(`${name}: temporal error ${quality.temporalError}, FLIP ${quality.flip}`);
};

for (const name of asked.length > 0 ? asked : all) await (again ? measureAgain(name) : record(name));
await engine.dispose();
