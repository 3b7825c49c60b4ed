// Prints the tables of content/docs/reference/measures.mdx: what each measure says of errors of one PSNR that were put into
// the uncached clip by hand, and of cached runs of one seed. After npm run build:lib: node scripts/what-measures-see.ts
import {
  type Clip,
  compareClips,
  compareRuns,
  createEngine,
  measures,
  methodFromName,
  type Quality,
} from "diffusion-cache";
import { firstModel } from "../site/model/live-models.ts";
import "./script.mjs";

const root = new URL("../", import.meta.url).pathname;
const engine = await createEngine({ model: `${root}site/public/models/${firstModel}`, backend: "wasm" });
const seed = 0;

const cell = (quality: Quality, { name, digits }: (typeof measures)[number]): string => {
  const value = quality[name];
  return value === undefined ? "" : Number.isFinite(value) ? value.toFixed(digits) : "∞";
};
const print = (rows: Readonly<Record<string, Quality>>, skip: string): void => {
  const shown = measures.filter(({ name }) => name !== skip);
  console.log(`| | ${shown.map(({ title, unit }) => (unit ? `${title}, ${unit}` : title)).join(" | ")} |`);
  console.log(`| --- |${" ---: |".repeat(shown.length)}`);
  for (const [name, quality] of Object.entries(rows))
    console.log(`| ${name} | ${shown.map((measure) => cell(quality, measure)).join(" | ")} |`);
  console.log("");
};

const uncached = await engine.generate({ seed, stepLatents: true });
const [, channels = 0, frames = 0, height = 0, width = 0] = uncached.clip.dims;

/** A clip that is off by `error` at each place, as much as makes its PSNR `psnr`: what is cut off at white and black is made up for. */
const offBy = (psnr: number, error: (frame: number, y: number, x: number, channel: number) => number): Clip => {
  const { data, ...clip } = uncached.clip;
  const made = (strength: number): Clip => ({
    ...clip,
    data: data.map((value, at) => {
      const [x, y] = [at % width, Math.floor(at / width) % height];
      const [frame, channel] = [
        Math.floor(at / width / height) % frames,
        Math.floor(at / width / height / frames) % channels,
      ];
      return Math.min(1, Math.max(-1, value)) + strength * error(frame, y, x, channel);
    }),
  });
  let [low, high] = [0, 10];
  for (let round = 0; round < 40; round++) {
    const middle = (low + high) / 2;
    if (compareClips(uncached.clip, made(middle)).psnr > psnr) low = middle;
    else high = middle;
  }
  return made(low);
};
/** Numbers of −1 … 1 that look random, the same in every run. */
const random = (index: number): number => {
  const mixed = Math.imul(index ^ (index >>> 15), 0x2c1b3c6d);
  return (((mixed ^ (mixed >>> 12)) >>> 0) % 2001) / 1000 - 1;
};
const place = (y: number, x: number, channel: number): number => (channel * height + y) * width + x + 1;
const psnr = 30;
print(
  Object.fromEntries(
    Object.entries({
      "lighter or darker in stripes of 12 pixels, the same in each frame": offBy(psnr, (_, y) =>
        y % 24 < 12 ? 1 : -1,
      ),
      "the same stripes, turned over in every frame": offBy(psnr, (frame, y) =>
        y % 24 < 12 === (frame % 2 === 0) ? 1 : -1,
      ),
      "noise that stands still": offBy(psnr, (_, y, x, channel) => random(7919 * place(y, x, channel))),
      "noise that is new in each frame": offBy(psnr, (frame, y, x, channel) =>
        random(7919 * place(y, x, channel) + 104_729 * (frame + 1)),
      ),
      "one frame of eight noisy, seven as they were": offBy(psnr, (frame, y, x, channel) =>
        frame === 4 ? random(7919 * place(y, x, channel)) : 0,
      ),
    }).map(([name, clip]) => [name, compareClips(uncached.clip, clip)]),
  ),
  "latentDrift",
);

const settings: readonly (readonly [string, string, object])[] = [
  [
    "PAB",
    "pab",
    { spatialAttentionBlockSkipRange: 2, temporalAttentionBlockSkipRange: 4, crossAttentionBlockSkipRange: 6 },
  ],
  ["FORA, interval 2", "fora", { interval: 2 }],
  ["FORA, interval 3", "fora", { interval: 3 }],
  ["FORA, interval 5", "fora", { interval: 5 }],
  ["TaylorSeer, interval 4", "taylorseer", { cacheInterval: 4 }],
  ["EasyCache, 0.1", "easycache", { threshold: 0.1 }],
  ["FirstBlockCache, 0.1", "firstblockcache", { threshold: 0.1 }],
];
const rows: Record<string, Quality> = {};
for (const [title, name, options] of settings) {
  const cached = await engine.generate({ seed, stepLatents: true, cache: [methodFromName(name, options)] });
  rows[title] = compareRuns(uncached, cached);
}
for (const steps of [14, 10])
  rows[`no cache, ${steps} steps`] = compareRuns(uncached, await engine.generate({ seed, steps, stepLatents: false }));
print(rows, "");
for (const [title, { stepDrift }] of Object.entries(rows))
  if (stepDrift) console.log(`${title}: ${stepDrift.l2.map((one) => one.toFixed(3)).join(" ")}`);
await engine.dispose();
