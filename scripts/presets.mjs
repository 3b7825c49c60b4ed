// Measures a model's presets: node scripts/presets.mjs site/public/models/latte-motion-nano [prompts.txt] [--only NAME …]
//
// Every method's settings (src/engine/cache/ladders.ts) on each prompt, beside uncached runs, on WASM; nothing is left
// out for its quality. presets.json gets, per method and floor, the fastest setting whose worst clip stays above it;
// the whole table goes to training/log/, with uncached runs of fewer steps. After npm run build:lib, on a machine that does nothing else: times are of pairs of runs, an uncached one before each.
// With --only, these methods alone are measured, on the prompts of the table that is there; the rest of it stays.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { autotune, createEngine, fewerSteps, methods as known, readInfinity, writeInfinity } from "diffusion-cache";
import { knownNames, writeWhole } from "./script.mjs";

const floors = { gentle: 32, balanced: 26, strong: 20 };
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { only: { type: "string", multiple: true } },
});
const [model, file] = positionals;
const { only } = values;
if (!model) throw new Error("Name the model's folder.");
if (only) knownNames("method", only, Object.keys(known));
const engine = await createEngine({ model, backend: "wasm" });
const table = join("training/log", `sweep-${basename(model)}.json`);
const before = only ? JSON.parse(readFileSync(table, "utf8"), readInfinity) : { trials: [], leftOut: {} };
const prompts = before.prompts
  ? before.prompts
  : file
    ? readFileSync(file, "utf8").split("\n").filter(Boolean)
    : [engine.model.defaults.prompt];
const clips = prompts.map((prompt, seed) => ({ prompt, seed }));
const tuned = await autotune(engine, {
  floor: { psnr: 0 },
  clips,
  ...(only ? { methods: only } : {}),
  onTrial: ({ method, options, speedup, psnr }) =>
    console.log(`${method} ${JSON.stringify(options)}: ${speedup.toFixed(2)} times, ${psnr.toFixed(1)} dB`),
});
const others = before.trials.filter(({ method }) => !only.includes(method));
const trials = [...others, ...tuned.trials].toSorted((a, b) => a.method.localeCompare(b.method));
const leftOut = { ...before.leftOut, ...tuned.leftOut };
const fewer = before.fewer ?? (await fewerSteps(engine, { clips }));
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
const here = `${engine.device.description}, ${cpus().length}× ${cpus()[0]?.model ?? "CPU"}, Node ${process.versions.node}`;
/** Where each method was measured: "HERE; a, b: THERE". With --only, what is said of the others stays. */
const machines = () => {
  if (!only) return here;
  const [first, ...apart] = (before.machine ?? here).split("; ");
  const names = new Map(apart.map((one) => one.split(/: (.*)/s)).map(([list, where]) => [where, list.split(", ")]));
  for (const [where, list] of names)
    names.set(
      where,
      list.filter((name) => !only.includes(name)),
    );
  if (first !== here) names.set(here, [...(names.get(here) ?? []), ...only]);
  const kept = [...names].filter(([, list]) => list.length > 0);
  return [first, ...kept.map(([where, list]) => `${list.toSorted().join(", ")}: ${where}`)].join("; ");
};
const about = {
  model: engine.model.name,
  steps: engine.model.defaults.steps,
  machine: machines(),
  prompts,
};
const write = (path, value) => writeWhole(path, `${JSON.stringify(value, writeInfinity, 1)}\n`);
write(join(model, "presets.json"), { format: "diffusion-cache/presets", version: 1, ...about, floors, methods });
write(table, { ...about, trials, fewer, leftOut });
execFileSync(process.execPath, ["scripts/list-files.mjs", model], { stdio: "inherit" }); // its manifest knows the hash
await engine.dispose();
process.exit(0);
