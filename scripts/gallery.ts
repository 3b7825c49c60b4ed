// Makes the gallery: every preset of every method on each model of the site, on a few prompts, as strips of frames in
// sprites (site/public/gallery/<model>/), with the measured figures of each beside them (<model>.json). Clips are the same
// on every machine, and ideal speed-ups come from the recorded profile (site/public/measured), so that no figure depends on
// what else the machine does. After npm run build:lib, and again for other weights, presets or profiles:
// node scripts/gallery.ts [--model NAME] [method …]
// With names of methods these alone are made, and the others stay as they were.
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import {
  type CacheMethod,
  type Calibration,
  compareRuns,
  createEngine,
  type Engine,
  idealSpeedup,
  methods as known,
  type Profile,
  presetsFromJson,
  type Result,
  readInfinity,
  writeInfinity,
} from "diffusion-cache";
import {
  type GalleryFile,
  type GalleryStrip,
  galleryFrames,
  type StripFigures,
  spriteFormat,
} from "../site/gallery/gallery-file.ts";
import { distinctPresets, settled, stripOf, writeSprite } from "./gallery-strips.ts";
import { knownNames, writeWhole } from "./script.mjs";

const root = new URL("../", import.meta.url).pathname;
const out = `${root}site/public/gallery`;
const steps = 28;
/** Lines of training/prompts-quality-*.txt; the line is the seed, as in the recorded tables of quality. */
const seeds = [5, 12, 13];

const short = (value: number): number => (Number.isFinite(value) ? Number(value.toPrecision(5)) : value);

const figuresOf = (reference: Result, run: Result, profile: Profile): StripFigures => {
  const { psnr, ssim, msSsim, temporalError, flip } = compareRuns(reference, run);
  const { visits, totals } = run.trace;
  const skipped = visits.filter(({ decision }) => decision !== "compute").length / Math.max(1, visits.length);
  const measured = { ideal: idealSpeedup(run.trace, profile), psnr, ssim, msSsim, temporalError, flip, skipped };
  const there = Object.entries(measured).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, short(value)]],
  );
  return { ...(Object.fromEntries(there) as unknown as StripFigures), cacheBytes: totals.bytes.peak.cache };
};

const makeModel = async (engine: Engine, only: readonly string[]): Promise<void> => {
  const { name, clip, defaults } = engine.model;
  const calibration = engine.model.calibration as Calibration;
  const presetsFile = `${root}site/public/models/${name}/presets.json`;
  const { methods } = presetsFromJson(JSON.parse(readFileSync(presetsFile, "utf8")), presetsFile);
  const lines = readFileSync(`${root}training/prompts-quality-${name}.txt`, "utf8").split("\n");
  const prompts = seeds.map((seed) => ({ prompt: lines[seed] as string, seed }));
  const { on, profile } = JSON.parse(readFileSync(`${root}site/public/measured/${name}.json`, "utf8"));
  const width = clip.width * galleryFrames(clip.frames).length;
  const format = spriteFormat(clip);
  const file = `${out}/${name}.json`;
  const kept: readonly GalleryStrip[] = existsSync(file)
    ? JSON.parse(readFileSync(file, "utf8"), readInfinity).strips
    : [];

  mkdirSync(`${out}/${name}`, { recursive: true });
  const uncached: Result[] = [];
  for (const asked of prompts) {
    const run = await engine.generate({ ...asked, steps });
    await writeSprite(`${out}/${name}/uncached-${asked.seed}.${format}`, [stripOf(run.clip)], width);
    uncached.push(run);
  }

  let fresh: Calibration | undefined;
  /** As an example runs: by what the model's calibration says, or where that is for other steps, by one for these. */
  const cached = async (asked: object, make: (measured: Calibration) => readonly CacheMethod[]): Promise<Result> => {
    const runBy = (measured: Calibration) => engine.generate({ ...asked, steps, cache: make(measured) });
    try {
      return await runBy(calibration);
    } catch (error) {
      if ((error as { readonly code?: string }).code !== "calibration-mismatch") throw error;
      fresh ??= await engine.calibrate({ steps });
      return runBy(fresh);
    }
  };

  const strips: GalleryStrip[] = [];
  for (const [method, presets] of Object.entries(methods)) {
    if (only.length > 0 && !only.includes(method)) {
      strips.push(...kept.filter((one) => one.method === method));
      continue;
    }
    const sprites: Buffer[][] = prompts.map(() => []);
    for (const { strengths, options } of distinctPresets(presets)) {
      const { make, where } = settled(method, options, calibration);
      const figures: StripFigures[] = [];
      for (const [at, asked] of prompts.entries()) {
        const run = await cached(asked, make);
        figures.push(figuresOf(uncached[at] as Result, run, profile));
        sprites[at]?.push(stripOf(run.clip));
      }
      strips.push({ method, strengths, options, ...where, figures });
      const said = figures.map(({ psnr, ideal }) => `${ideal.toFixed(2)}× ${psnr.toFixed(1)} dB`).join(", ");
      console.log(`${name} ${method} ${strengths}: ${said}`);
    }
    for (const [at, { seed }] of prompts.entries())
      await writeSprite(`${out}/${name}/${method}-${seed}.${format}`, sprites[at] ?? [], width);
  }
  const gallery: GalleryFile = {
    ...{ format: "diffusion-cache/gallery", version: 1, command: `node scripts/gallery.ts --model ${name}` },
    ...{ on, model: name, steps, guidance: defaults.guidance, clip, prompts, strips },
  };
  writeWhole(file, `${JSON.stringify(gallery, writeInfinity)}\n`);
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { model: { type: "string" } } });
knownNames("method", positionals, Object.keys(known));
const there = readdirSync(`${root}site/public/models`);
const models = values.model ? knownNames("model", [values.model], there) : there;
for (const name of models) {
  const engine = await createEngine({ model: `${root}site/public/models/${name}`, backend: "wasm" });
  await makeModel(engine, positionals);
  await engine.dispose();
}
process.exit(0);
