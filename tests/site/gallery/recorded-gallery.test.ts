import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  type Calibration,
  compareRuns,
  createEngine,
  type MethodName,
  presetsFromJson,
  readInfinity,
} from "diffusion-cache";
import { PNG } from "pngjs";
import { expect, test } from "vitest";
import { galleryFrames } from "../../../site/gallery/gallery-file.js";
import { recordedGallery, shownGallery } from "../../../site/gallery/recorded-gallery.js";
import { methodFacts } from "../../../site/methods/method-facts.js";
import type { ExampleModule } from "../../../site/program/example-module.js";
import { sharedSettings } from "../../../site/program/shared-settings.js";
import { recordedQuality } from "../../../site/quality/recorded-quality.js";

const examples = import.meta.glob<ExampleModule>("../../../examples/*.ts", { eager: true });
const exampleOf = (name: string) => examples[`../../../examples/${name}.ts`] as ExampleModule;
const models = ["latte-motion-nano", "flux-shapes-nano"];
const galleryOf = (model: string) => {
  const gallery = recordedGallery(model);
  if (!gallery) throw new Error(`scripts/gallery.ts has made nothing of ${model}`);
  return gallery;
};
const sprite = (model: string, name: string) => PNG.sync.read(readFileSync(`site/public/gallery/${model}/${name}.png`));

test.each(models)("%s: the gallery shows every preset, and nothing else", (model) => {
  const file = `site/public/models/${model}/presets.json`;
  const { methods } = presetsFromJson(JSON.parse(readFileSync(file, "utf8")), file);
  const wanted = Object.entries(methods).flatMap(([method, presets]) =>
    Object.entries(presets).map(([strength, { options }]) => [method, strength, options]),
  );
  const shown = galleryOf(model).strips.flatMap(({ method, strengths, options }) =>
    strengths.map((strength) => [method, strength, options]),
  );
  expect(shown).toEqual(wanted);
});

test.each(models)("%s: each method has a sprite for each prompt, with a row for each of its settings", (model) => {
  const gallery = galleryOf(model);
  const { frames, height, width } = gallery.clip;
  const across = width * galleryFrames(frames).length;
  for (const { seed } of gallery.prompts) {
    expect(sprite(model, `uncached-${seed}`)).toMatchObject({ width: across, height });
    for (const { method, rows } of shownGallery(gallery).strips)
      expect(sprite(model, `${method}-${seed}`), method).toMatchObject({ width: across, height: rows * height });
  }
  const files = new Set(readdirSync(`site/public/gallery/${model}`));
  expect(files.size).toBe(gallery.prompts.length * (1 + new Set(gallery.strips.map(({ method }) => method)).size));
});

test.each(models)("%s: what a strip looks like is as far from the uncached one as its figure says", (model) => {
  const gallery = galleryOf(model);
  for (const { strip, row } of shownGallery(gallery).strips.map(({ row }, at) => ({ strip: gallery.strips[at], row })))
    for (const [at, { seed }] of gallery.prompts.entries()) {
      const [one, other] = [sprite(model, `uncached-${seed}`), sprite(model, `${strip?.method}-${seed}`)];
      const size = one.data.length;
      const squares = one.data.reduce(
        (sum, value, i) => sum + (value - (other.data[row * size + i] as number)) ** 2,
        0,
      );
      const psnr = -10 * Math.log10(squares / (0.75 * size) / 255 ** 2);
      const said = strip?.figures[at]?.psnr as number;
      // The palette costs some, and four frames of eight are not all; beyond that it must be the same clip.
      if (said < 28) expect(Math.abs(psnr - said), `${strip?.method} ${seed}`).toBeLessThan(3);
      else expect(psnr, `${strip?.method} ${seed}`).toBeGreaterThan(26);
    }
});

test.each(models)("%s: the page of a method takes the settings of every strip that has a link", (model) => {
  const { strips, prompts, steps, guidance } = galleryOf(model);
  for (const { example, method, link, cannot } of strips) {
    expect(methodFacts[method as MethodName].page).toBe(example);
    expect(link === null, method).toBe(cannot.length > 0);
    const asked = { example, model, ...prompts[0], steps, guidance };
    if (link) expect(sharedSettings({ ...asked, options: link }, exampleOf(example).knobs).options).toEqual(link);
  }
  expect(strips.filter(({ link }) => link).length).toBeGreaterThan(0.9 * strips.length);
});

test.each(models)("%s: figures agree with the recorded table of quality where it has the same run", (model) => {
  const { strips, prompts, steps } = galleryOf(model);
  const report = recordedQuality({ model, steps });
  const same = strips.flatMap(({ method, options, figures }) => {
    const row = report.rows.find(
      (one) => one.method === method && JSON.stringify(one.options) === JSON.stringify(options),
    );
    return row ? prompts.map(({ seed }, at) => [method, figures[at]?.psnr, row.psnr[seed]] as const) : [];
  });
  expect(same.length).toBeGreaterThan(0);
  for (const [method, here, there] of same)
    if (here !== there) expect(Math.abs((here as number) - (there as number)), method).toBeLessThan(0.05);
});

test("a strip can be made again: FORA on the image model", async () => {
  const model = "flux-shapes-nano";
  const { strips, prompts, steps } = galleryOf(model);
  const strip = strips.find(({ method }) => method === "fora");
  const folder = `site/public/models/${model}`;
  const calibration = JSON.parse(readFileSync(`${folder}/calibration.json`, "utf8"), readInfinity) as Calibration;
  const engine = await createEngine({ model: folder, backend: "wasm" });
  const asked = { ...prompts[0], steps };
  const uncached = await engine.generate(asked);
  const cached = await engine.generate({ ...asked, cache: exampleOf("fora").methods(strip?.link ?? {}, calibration) });
  await engine.dispose();
  expect(compareRuns(uncached, cached).psnr).toBeCloseTo(strip?.figures[0]?.psnr as number, 1);
});

test("all of it is at most 1.5 MB", () => {
  const files = readdirSync("site/public/gallery", { recursive: true, encoding: "utf8" });
  const bytes = files.reduce((sum, file) => sum + statSync(join("site/public/gallery", file)).size, 0);
  expect(bytes).toBeGreaterThan(100_000);
  expect(bytes).toBeLessThan(1_500_000);
});
