import { cardNames, sitesOf } from "diffusion-cache";
import { runtimeBytes, siteModels } from "../model/model.js";
import { pageModels } from "../model/page-models.js";
import { inBytes } from "../page/bytes.js";
import { defaultsOf, type ExampleModule } from "../program/example-module.js";
import { recordedRun } from "../program/recorded-run.js";
import { speedup, timesAsFast } from "../program/summary.js";
import type { HeroConfig } from "./hero-run.js";
import { stripOf } from "./hero-strip.js";

/** What the landing page runs. */
export const heroExample = "tea-cache";

/** The recorded run of an example, as the landing page shows it first. */
export const recordedHero = (method: string, module: ExampleModule): HeroConfig => {
  const example = heroExample;
  const models = siteModels();
  const [{ network, bytes, calibration }] = models;
  const [model] = pageModels(module, models);
  if (!model) throw new Error(`examples/${example}.ts runs on no model of the site`);
  const { run } = recordedRun(example);
  const { clip, uncached, cached, quality } = run;
  const options = defaultsOf(module.knobs);
  const cells = stripOf(module.methods(options, calibration), sitesOf(network), cached);
  const gain = speedup({ uncached: { trace: uncached }, cached: { trace: cached }, quality });
  const alike = Number.isFinite(quality.psnr) ? `a PSNR of ${quality.psnr.toFixed(1)} dB` : "no difference";
  return {
    ...{ example, method, model, clip },
    address: `${import.meta.env.BASE_URL.replace(/\/$/, "")}/first-page`,
    settings: { ...run.settings, options },
    recorded: {
      uncached: { cells: stripOf([], sitesOf(network), uncached), ms: uncached.totals.wallMs },
      cached: { cells, ms: cached.totals.wallMs },
    },
    gain: timesAsFast(gain),
    note: `Recorded on ${run.on}; ${alike} against the uncached clip. The strips fill at the speed of that run.`,
    loads: `This pair, on your device: ${inBytes(bytes)} of model, at most ${inBytes(runtimeBytes())} of runtime.`,
    planned: `FLUX, Wan, HunyuanVideo and ${cardNames.length - 3} more: what a method skips, keeps and gains.`,
  };
};
