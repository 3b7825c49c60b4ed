import { cachingRepositories } from "./published/caching-repositories.js";
import { enginePullRequests } from "./published/engine-pull-requests.js";
import { imageRepositories } from "./published/image-repositories.js";
import { newerRepositories } from "./published/newer-repositories.js";
import { papers } from "./published/papers.js";
import { pullRequests } from "./published/pull-requests.js";
import { seaCacheSources } from "./published/seacache.js";
import type { Judged, Run, Source } from "./published/table.js";
import { vllmOmni } from "./published/vllm-omni.js";

export type { Judged, Source } from "./published/table.js";

/** One figure of the literature: a method beside the uncached run of the same source. */
export interface Published {
  /** A key of `methodNames`. */
  readonly method: string;
  readonly at: string;
  readonly model: string;
  readonly setting: string;
  readonly device: string;
  readonly base: Run;
  readonly seconds?: number;
  /** In time, as given or as the ratio of the two times. */
  readonly speedup?: number;
  readonly flops?: number;
  readonly gib?: number;
  readonly gb?: number;
  /** Why the times are doubtful, where they are. */
  readonly doubt?: string;
  readonly quality: Judged;
  readonly source: Source;
  /** Whether the method's own authors published it. */
  readonly own: boolean;
}

/** All methods of the table: those of this site under their names on the command line, and others. */
export const methodNames = {
  pab: "PAB",
  fora: "FORA",
  firstblockcache: "FirstBlockCache",
  taylorseer: "TaylorSeer",
  speca: "SpeCa",
  magcache: "MagCache",
  fastercache: "FasterCache",
  cfgcache: "CFG-Cache",
  easycache: "EasyCache",
  teacache: "TeaCache",
  seacache: "SeaCache",
  dbcache: "DBCache",
  "dbcache-taylorseer": "DBCache with TaylorSeer",
  mask: "Step mask",
  spectrum: "Spectrum",
  "fewer-steps": "Fewer steps, no cache",
  adacache: "AdaCache",
  customcache: "TeaCache with TaylorSeer",
  dbprune: "DBPrune",
  deepcache: "DeepCache",
  deltadit: "Δ-DiT",
  duca: "DuCa",
  "double-first-block": "FirstBlockCache, two thresholds",
  dmd: "DMD forecast",
  foca: "FoCa",
  hicache: "HiCache (Hermite)",
  l2c: "Learning-to-Cache",
  lemica: "LeMiCa",
  meancache: "MeanCache",
  profilingdit: "ProfilingDiT",
  "reference-hints": "Reference hints",
  scalingcache: "ScalingCache",
  sencache: "SenCache",
  tgate: "T-GATE",
  toca: "ToCa",
} as const;

const sources: readonly Source[] = [
  ...pullRequests,
  ...enginePullRequests,
  ...vllmOmni,
  ...papers,
  ...seaCacheSources,
  ...cachingRepositories,
  ...imageRepositories,
  ...newerRepositories,
];

const ratio = (uncached: number | undefined, cached: number | undefined): number | undefined =>
  uncached === undefined || cached === undefined ? undefined : uncached / cached;

/** Every figure, in the order of its source. */
export const published: readonly Published[] = sources.flatMap((source) =>
  source.groups.flatMap(({ model, setting = "", device = source.device ?? "not named", doubt, base = {}, runs }) =>
    runs.map(({ method, at = "", seconds, gib, gb, speedup = ratio(base.seconds, seconds), flops, ...quality }) => ({
      ...{ method, at, model, setting, device, base, quality, source, own: source.own?.includes(method) ?? false },
      ...(seconds === undefined ? {} : { seconds }),
      ...(gib === undefined ? {} : { gib }),
      ...(gb === undefined ? {} : { gb }),
      ...(doubt === undefined ? {} : { doubt }),
      ...(speedup === undefined ? {} : { speedup }),
      ...(flops === undefined ? {} : { flops }),
    })),
  ),
);
