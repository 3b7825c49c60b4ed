import { type CacheMethod, dryRun, methodFromName, sitesOf, type Trial } from "diffusion-cache";
import { siteModels } from "../model/model.js";
import { recordedSweep } from "../pareto/recorded-sweep.js";
import { recordedRun } from "../program/recorded-run.js";
import type { Kept } from "./exercises.js";

// What the first guide shows: recorded speed, damage and memory, and the decisions of the same settings by a dry run.

const places = [
  { name: "fora", title: "each sub-layer's output (FORA)", keeps: "the output of every attention and feed-forward" },
  { name: "magcache", title: "what all blocks add (MagCache)", keeps: "one tensor for each pass: what all blocks add" },
  {
    name: "cfgcache",
    title: "the difference of the passes (CFG-Cache)",
    keeps: "what the prompt changes, so that one pass can be skipped",
  },
] as const;

/** The steps in which `method` computes anything that it keeps. */
const maskOf = (method: CacheMethod, timesteps: readonly number[], network: object): string => {
  const sites = sitesOf(network);
  const own = new Set(method.sites(sites).map(({ id }) => id));
  const rows = dryRun({ methods: [method], timesteps, sites }).filter(({ site }) => own.has(site));
  return timesteps.map((_, step) => (rows.some(({ computed }) => computed[step] === "1") ? "1" : "0")).join("");
};

const inWords = (options: Readonly<Record<string, unknown>>): string =>
  Object.entries(options)
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(" to ") : String(value)}`)
    .join(", ");

const read = () => {
  const [{ name, network, calibration }] = siteModels();
  const sweep = recordedSweep(name);
  if (!sweep) throw new Error(`There is no training/log/sweep-${name}.json.`);
  const { run } = recordedRun("fora");
  const { timesteps } = run.cached;
  const measured: Readonly<Record<string, object>> = { magcache: { magRatios: calibration.magcache.magRatios } };
  const methodOf = ({ method, options }: Trial): CacheMethod =>
    methodFromName(method, { ...measured[method], ...options });
  const kept: readonly Kept[] = places.map((place) => ({
    ...place,
    settings: [
      {
        setting: "no cache",
        speedUp: 1,
        psnr: Number.POSITIVE_INFINITY,
        cacheBytes: 0,
        computed: "1".repeat(timesteps.length),
      },
      ...sweep.trials
        .filter(({ method }) => method === place.name)
        .toSorted((a, b) => a.speedup - b.speedup)
        .map((trial) => ({
          setting: inWords(trial.options),
          speedUp: trial.speedup,
          psnr: trial.psnr,
          cacheBytes: trial.cacheBytes,
          computed: maskOf(methodOf(trial), timesteps, network),
        })),
    ],
  }));
  const { dpcache } = calibration;
  if (!dpcache) throw new Error(`${name} has no calibration of jumps.`);
  return {
    kept,
    /** What step k + 1 loses where step k's last output stands for its own, from step 2 on. */
    losses: dpcache.errors.reuse.map(([next]) => next as number),
    /** As the recorded run of FORA did. */
    computed: timesteps
      .map((_, step) => (run.cached.sites.some(({ computed }) => computed[step] === "1") ? "1" : "0"))
      .join(""),
    guidance: run.settings.guidance,
    source: `Recorded: ${name}, "${run.settings.prompt}", ${timesteps.length} steps, guidance ${run.settings.guidance}.`,
    // What follows the first machine are methods that were swept later, on another; none of them is shown here.
    swept: `Recorded, not measured here: ${name}, ${sweep.machine.split(";")[0]}, ${sweep.steps} steps, the worst of ${sweep.prompts.length} clips. Cells: a dry run of the same settings.`,
  };
};

let story: ReturnType<typeof read> | undefined;

/** Everything that the guide's parts are given at build, read once for all of them. */
export const recordedStory = (): ReturnType<typeof read> => {
  story ??= read();
  return story;
};
