// Adds to a recorded sweep the measures that it lacks: node scripts/sweep-measures.ts site/public/models/latte-motion-nano
//
// Makes the clips of every trial again and says the worst of each measure, as a sweep does. Clips do not depend on how busy
// the machine is, so the speed-ups stay those of training/log/sweep-NAME.json. A trial whose PSNR is another one now took
// another decision: it stays as it is, and its method has to be swept again (scripts/presets.mjs --only).
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import {
  type CacheMethod,
  compareRuns,
  createEngine,
  type FewerSteps,
  measures,
  methodFromName,
  type Quality,
  type Result,
  readInfinity,
  type Trial,
  writeInfinity,
} from "diffusion-cache";

const [model] = process.argv.slice(2);
if (!model) throw new Error("Name the model's folder.");
const file = join("training/log", `sweep-${basename(model)}.json`);
const sweep = JSON.parse(readFileSync(file, "utf8"), readInfinity) as {
  readonly prompts: readonly string[];
  readonly trials: readonly Trial[];
  readonly fewer?: readonly FewerSteps[];
};
const engine = await createEngine({ model, backend: "wasm" });
const clips = sweep.prompts.map((prompt, seed) => ({ prompt, seed }));
const uncached: Result[] = [];
for (const clip of clips) uncached.push(await engine.generate(clip));

const measured = async <Row extends FewerSteps | Trial>(row: Row, cache: readonly CacheMethod[]): Promise<Row> => {
  if (row.msSsim !== undefined) return row;
  const found: Quality[] = [];
  for (const [at, clip] of clips.entries()) {
    const run = await engine.generate({ ...clip, cache, ...("steps" in row ? { steps: row.steps } : {}) });
    found.push(compareRuns(uncached[at] as (typeof uncached)[number], run));
  }
  const worst = Object.fromEntries(
    measures.flatMap(({ name, better }) => {
      const values = found.flatMap((one) => one[name] ?? []);
      return values.length < found.length
        ? []
        : [[name, better === "high" ? Math.min(...values) : Math.max(...values)]];
    }),
  );
  if (Math.abs((worst.psnr as number) - row.psnr) > 0.01) {
    console.warn(`Sweep this method again: PSNR ${worst.psnr} now, for ${JSON.stringify(row)}`);
    return row;
  }
  console.log(JSON.stringify(row), JSON.stringify(worst));
  return { ...row, ...worst, psnr: row.psnr, ssim: row.ssim };
};

const trials = [];
for (const trial of sweep.trials) {
  const { method, options } = trial;
  trials.push(
    await measured(trial, [
      methodFromName(method, { ...engine.model.calibration?.[method as "magcache"], ...options }),
    ]),
  );
}
const fewer = [];
for (const row of sweep.fewer ?? []) fewer.push(await measured(row, []));
writeFileSync(file, `${JSON.stringify({ ...sweep, trials, ...(sweep.fewer ? { fewer } : {}) }, writeInfinity, 1)}\n`);
await engine.dispose();
process.exit(0);
