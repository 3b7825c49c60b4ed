// Measures a model's presets: node scripts/presets.mjs site/public/models/latte-motion-nano [prompts.txt]
//
// Every method's settings (src/engine/cache/ladders.ts) on each prompt, beside uncached runs, on WASM; nothing is left
// out for its quality. presets.json gets, per method and floor, the fastest setting whose worst clip stays above it;
// the whole table goes to training/log/, with uncached runs of fewer steps. After npm run build:lib, on a machine that does nothing else: times are of pairs of runs, an uncached one before each.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { basename, join } from "node:path";
import { autotune, createEngine, fewerSteps, writeInfinity } from "diffusion-cache";

const floors = { gentle: 32, balanced: 26, strong: 20 };
const [model, file] = process.argv.slice(2);
if (!model) throw new Error("Name the model's folder.");
const engine = await createEngine({ model, backend: "wasm" });
const prompts = file ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [engine.model.defaults.prompt];
const clips = prompts.map((prompt, seed) => ({ prompt, seed }));
const { trials, leftOut } = await autotune(engine, {
  floor: { psnr: 0 },
  clips,
  onTrial: ({ method, options, speedup, psnr }) =>
    console.log(`${method} ${JSON.stringify(options)}: ${speedup.toFixed(2)} times, ${psnr.toFixed(1)} dB`),
});
const fewer = await fewerSteps(engine, { clips });
const fastest = (method, floor) => {
  const [best] = trials
    .filter((trial) => trial.method === method && trial.psnr >= floor && trial.speedup > 1)
    .toSorted((a, b) => b.speedup - a.speedup);
  if (!best) return undefined;
  const { options, speedup, psnr, ssim, cacheBytes } = best;
  return {
    options,
    speedup: Number(speedup.toFixed(2)),
    psnr: Number(psnr.toFixed(1)),
    ssim: Number(ssim.toFixed(4)),
    cacheBytes,
  };
};
const methods = Object.fromEntries(
  [...new Set(trials.map(({ method }) => method))].map((method) => [
    method,
    Object.fromEntries(
      Object.entries(floors).flatMap(([name, floor]) => {
        const found = fastest(method, floor);
        return found ? [[name, found]] : [];
      }),
    ),
  ]),
);
const about = {
  model: engine.model.name,
  steps: engine.model.defaults.steps,
  machine: `${engine.device.description}, ${cpus().length}× ${cpus()[0]?.model ?? "CPU"}, Node ${process.versions.node}`,
  prompts,
};
const write = (path, value) => writeFileSync(path, `${JSON.stringify(value, writeInfinity, 1)}\n`);
write(join(model, "presets.json"), { format: "diffusion-cache/presets", version: 1, ...about, floors, methods });
write(join("training/log", `sweep-${basename(model)}.json`), { ...about, trials, fewer, leftOut });
await engine.dispose();
process.exit(0);
