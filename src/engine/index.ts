// The only door of the package: one export line per file, alphabetical.

export type { Bytes } from "./backends/backend.js";
export type { Preference } from "./backends/ladder.js";
export { expectWebAssembly } from "./backends/webassembly.js";
export { type Forecast, type Guards, guarded, withForecast } from "./cache/compose.js";
export {
  type AskedAt,
  type DryRunOptions,
  dryRun,
  latteSites,
  type PlannedSite,
  type Readings,
} from "./cache/dry-run.js";
export type { Gram, Grams } from "./cache/fitted.js";
export type { JumpErrors } from "./cache/jump-errors.js";
export { ladders } from "./cache/ladders.js";
export type { MeanCachePath } from "./cache/mean-velocity.js";
export { type AdaCacheOptions, adaCache } from "./cache/methods/ada-cache.js";
export { type CfgCacheOptions, cfgCache } from "./cache/methods/cfg-cache.js";
export { type DbCacheOptions, dbCache } from "./cache/methods/db-cache.js";
export { type DbPruneOptions, dbPrune } from "./cache/methods/db-prune.js";
export { type DiCacheOptions, diCache } from "./cache/methods/di-cache.js";
export { type DpCacheOptions, dpCache, dpCachePlan } from "./cache/methods/dp-cache.js";
export { type EasyCacheOptions, easyCache } from "./cache/methods/easy-cache.js";
export { type FasterCacheOptions, fasterCache } from "./cache/methods/faster-cache.js";
export { type FirstBlockCacheOptions, firstBlockCache } from "./cache/methods/first-block-cache.js";
export { type ForaOptions, fora } from "./cache/methods/fora.js";
export { type MethodName, methodFromName, methods } from "./cache/methods/index.js";
export { type LazyCacheOptions, lazyCache } from "./cache/methods/lazy-cache.js";
export { type MagCacheOptions, magCache } from "./cache/methods/mag-cache.js";
export { type MeanCacheOptions, meanCache, meanCachePath } from "./cache/methods/mean-cache.js";
export { type PabOptions, pab, type TimestepRange } from "./cache/methods/pyramid-attention-broadcast.js";
export { type SeaCacheOptions, seaCache } from "./cache/methods/sea-cache.js";
export { type SenCacheOptions, senCache } from "./cache/methods/sen-cache.js";
export { type SmoothCacheErrors, type SmoothCacheOptions, smoothCache } from "./cache/methods/smooth-cache.js";
export { type SpecaOptions, speca } from "./cache/methods/speca.js";
export { type SpectrumOptions, spectrum } from "./cache/methods/spectrum.js";
export { type StepMaskOptions, stepMask } from "./cache/methods/step-mask.js";
export { type TaylorSeerOptions, taylorSeer } from "./cache/methods/taylor-seer.js";
export { type TeaCacheOptions, teaCache } from "./cache/methods/tea-cache.js";
export { textKvCache } from "./cache/methods/text-kv.js";
export { type OneSiteOptions, oneSite, type SiteStep } from "./cache/one-site.js";
export { recordedReadings } from "./cache/recorded-readings.js";
export { sitesOf, sitesOfTrace } from "./cache/sites-of.js";
export type { StepPlan } from "./cache/step-plan.js";
export {
  type CalibratedMethod,
  type Calibration,
  calibrationFromJson,
  type FreshCalibration,
} from "./calibrate/calibration.js";
export { takesNumbers } from "./calibrate/stand-ins.js";
export { type CardFacts, cardClasses, cardFromConfig } from "./cards/build.js";
export type { ModelCard, RunSize, WorkKind } from "./cards/card.js";
export { cardFromJson, cardToJson } from "./cards/card-from-json.js";
export { cardNames, modelCard } from "./cards/index.js";
export type { Modules } from "./cards/network.js";
export type { Tokens } from "./cards/rows.js";
export type { Clip } from "./clip.js";
export type {
  CalibrateOptions,
  CalibrationRequest,
  DeviceReport,
  Engine,
  GenerateOptions,
  ModelInfo,
  Profile,
  Progress,
  Result,
  RunInputs,
} from "./engine.js";
export { type ErrorCode, errorCodes } from "./error-codes.js";
export { EngineError } from "./errors.js";
export { readSafetensors, writeSafetensors } from "./files/safetensors.js";
export { atEqualEvaluations, type QualityOptions } from "./measure/at-equal-evaluations.js";
export { type AutotuneOptions, autotune, type Floor, type Trial, type Tuned } from "./measure/autotune.js";
export { type BenchMethod, type BenchOptions, type BenchProgress, bench } from "./measure/bench.js";
export {
  type BenchReport,
  type BenchRow,
  type BenchRun,
  type BenchSettings,
  benchReportFromJson,
} from "./measure/bench-report.js";
export {
  type BenchFigures,
  benchCaption,
  benchCsv,
  benchFigures,
  benchMarkdown,
  fastestAbove,
} from "./measure/bench-table.js";
export type { Changes, SiteChanges } from "./measure/changes.js";
export { type CompareRequest, type Comparison, compare } from "./measure/compare.js";
export { compareRuns } from "./measure/compare-runs.js";
export { isDisturbed } from "./measure/disturbed.js";
export { type FewerSteps, type FewerStepsOptions, fewerSteps } from "./measure/fewer-steps.js";
export {
  type Filling,
  type FillingOptions,
  type ForecastErrors,
  type ForecastErrorsOptions,
  filled,
  fillings,
  forecastErrors,
} from "./measure/forecast-errors.js";
export type { Measured } from "./measure/measured.js";
export { idealSpeedup } from "./measure/profile.js";
export {
  type QualityFigures,
  type QualityReport,
  type QualityRow,
  qualityFigures,
  qualityReportFromJson,
  type Spread,
} from "./measure/quality-report.js";
export { qualityCaption, qualityMarkdown, spreadInWords } from "./measure/quality-table.js";
export { type NearSetting, type SettingsNearOptions, settingsNear } from "./measure/settings-near.js";
export {
  type Branch,
  type CacheMethod,
  type CalibratedFor,
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
} from "./method.js";
export { type ClipReading, readClip } from "./metrics/adherence.js";
export type { Adherence } from "./metrics/judged.js";
export { latentDrift } from "./metrics/latent-drift.js";
export { type FurtherMeasures, type Measure, measures } from "./metrics/measures.js";
export { compareClips, errorMap, readInfinity, writeInfinity } from "./metrics/quality.js";
export { readScenes, type SceneReading } from "./metrics/scenes/read-scenes.js";
export { deleteKeptFiles, type KeptFile, keptFiles } from "./models/file-cache.js";
export type { Picked, PickedFile, PickedFiles, PickedFolder } from "./models/picked.js";
export { type Preset, type PresetName, type Presets, presetNames, presetsFromJson } from "./models/presets.js";
export { type Candidate, type CandidatesOptions, candidates, fulfilling, type Wish } from "./plan/candidates.js";
export type { DecidedBy, Shares } from "./plan/decided-by.js";
export { type Dtype, dtypes } from "./plan/dtypes.js";
export { type Band, type ExpectedTime, expectedSpeedUp, expectedTime } from "./plan/expected-time.js";
export { type Gpu, gpus } from "./plan/gpus.js";
export { diffusersCacheBytes } from "./plan/in-diffusers.js";
export { memoryOf, type RunMemory } from "./plan/memory-of.js";
export { planToJson } from "./plan/plan-json.js";
export { type KindShare, type PlanRequest, type PlanSite, planRun, type RunPlan } from "./plan/plan-run.js";
export { type RecordedShare, recordedShare, recordedShares } from "./plan/recorded-shares.js";
export { sharesToPlan, usualShare } from "./plan/shares-to-plan.js";
export { methodToPlan, needsShare, usualOptions } from "./plan/usual-options.js";
export { randn } from "./random.js";
export { type CreateEngineOptions, createEngine } from "./run/create-engine.js";
export { inputsFromTensors } from "./run/inputs-from-tensors.js";
export { schedulerFromConfig } from "./schedulers/index.js";
export { type NamedSigmas, type ScheduleRequest, type Sigmas, scheduleOf } from "./schedulers/pipeline-sigmas.js";
export type { Schedule, Scheduler } from "./schedulers/scheduler.js";
export type { Tensor } from "./tensor.js";
export type { Domain } from "./text/domain.js";
export type { Slot } from "./text/grammar.js";
export { type PromptGrammar, promptGrammar } from "./text/prompt-grammar.js";
export type { Discriminant, SceneLooks } from "./text/scene-looks.js";
export type { Completions, Slots } from "./text/vocabulary.js";
export { type DifferenceSummary, differenceSummary } from "./trace/difference-summary.js";
export type { LatentDrift, Quality, Trace, TraceSite, TraceVisit } from "./trace/trace.js";
export { traceFromJson } from "./trace/trace-from-json.js";
export { stepsCsv, visitsCsv } from "./trace/trace-table.js";
export { version } from "./version.js";
export { createWorkerEngine, type WorkerEngineOptions } from "./worker/client.js";
export { type OpenEngine, serveEngine } from "./worker/serve-engine.js";
