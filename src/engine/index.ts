// The only door of the package: one export line per file, alphabetical.
export type { Bytes } from "./backends/backend.js";
export type { Preference } from "./backends/ladder.js";
export { type DryRunOptions, dryRun, latteSites, type PlannedSite } from "./cache/dry-run.js";
export {
  type Branch,
  type CacheMethod,
  compute,
  type Decision,
  type Estimate,
  type Probe,
  type Reading,
  type RunFacts,
  reuse,
  type Site,
  type SiteKind,
  type SiteMap,
  type Visit,
} from "./cache/method.js";
export { type CfgCacheOptions, cfgCache } from "./cache/methods/cfg-cache.js";
export { type FasterCacheOptions, fasterCache } from "./cache/methods/faster-cache.js";
export { type FirstBlockCacheOptions, firstBlockCache } from "./cache/methods/first-block-cache.js";
export { type ForaOptions, fora } from "./cache/methods/fora.js";
export { type MethodName, methodFromName, methods } from "./cache/methods/index.js";
export { type MagCacheOptions, magCache } from "./cache/methods/mag-cache.js";
export { type PabOptions, pab, type TimestepRange } from "./cache/methods/pyramid-attention-broadcast.js";
export { type TaylorSeerOptions, taylorSeer } from "./cache/methods/taylor-seer.js";
export { type CompareRequest, type Comparison, compare } from "./compare.js";
export { type CreateEngineOptions, createEngine } from "./create-engine.js";
export type {
  Clip,
  DeviceReport,
  Engine,
  GenerateOptions,
  ModelInfo,
  Profile,
  Progress,
  Result,
  RunInputs,
} from "./engine.js";
export { EngineError, type ErrorCode, errorCodes } from "./errors.js";
export { compareClips, readInfinity, writeInfinity } from "./metrics/quality.js";
export { idealSpeedup } from "./profile.js";
export { randn } from "./random.js";
export { readSafetensors, writeSafetensors } from "./safetensors.js";
export { schedulerFromConfig } from "./schedulers/index.js";
export type { Scheduler } from "./schedulers/scheduler.js";
export type { Tensor } from "./tensor.js";
export type { Quality, Trace, TraceSite, TraceVisit } from "./trace.js";
export { version } from "./version.js";
export { createWorkerEngine, type WorkerEngineOptions } from "./worker/client.js";
