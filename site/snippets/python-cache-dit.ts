import { type CacheMethod, dryRun } from "diffusion-cache";
import { type Said, saidOptions } from "../program/said-options.js";

/** A method as configurations of cache-dit, which caches the residual of the blocks after the first Fn. */
export interface CacheDitConfig {
  /** The class of the configuration. Default: `DBCacheConfig`. */
  readonly name?: string;
  /** Its arguments, a line each. */
  readonly lines: readonly string[];
  /** A forecast of the residual, as an expression and the class that it needs. */
  readonly calibrator?: { readonly name: string; readonly call: string };
  readonly remarks: readonly string[];
  readonly exact: boolean;
}

const calibrators = (by: unknown, order: unknown): CacheDitConfig["calibrator"] => {
  if (by === "foca") return { name: "FoCaCalibratorConfig", call: "FoCaCalibratorConfig()" };
  if (by === "dmd") return { name: "DMDCalibratorConfig", call: "DMDCalibratorConfig()" };
  if (by !== "taylorseer" || order === 0) return undefined; // TaylorSeer of order 0 is plain reuse
  return { name: "TaylorSeerCalibratorConfig", call: `TaylorSeerCalibratorConfig(taylorseer_order=${order ?? 1})` };
};

const digits = (mask: string): string => `[${[...mask].join(", ")}]`;
const masked = (mask: string): readonly string[] => [
  "Fn_compute_blocks=1,",
  "Bn_compute_blocks=0,",
  "max_warmup_steps=0,",
  `steps_computation_mask=${digits(mask)},`,
  'steps_computation_policy="static",',
];
const firstRuns = "cache-dit always runs the first block.";

interface Guards {
  readonly warmupSteps?: number;
  readonly maxConsecutive?: number | null;
  readonly lastStep?: boolean;
}

const dbcacheLines = (options: Said): string[] => {
  const known: Readonly<Record<string, string>> = {
    fnComputeBlocks: "Fn_compute_blocks",
    bnComputeBlocks: "Bn_compute_blocks",
    residualDiffThreshold: "residual_diff_threshold",
    maxWarmupSteps: "max_warmup_steps",
    warmupInterval: "warmup_interval",
    maxCachedSteps: "max_cached_steps",
    maxContinuousCachedSteps: "max_continuous_cached_steps",
    maxAccumulatedResidualDiffThreshold: "max_accumulated_residual_diff_threshold",
  };
  const { stepsComputationMask: mask, forceRefreshStepHint: hint } = options;
  return [
    ...Object.entries(known).map(([name, python]) => `${python}=${options[name] ?? "None"},`),
    ...(typeof mask === "string"
      ? [`steps_computation_mask=${digits(mask)},`, `steps_computation_policy="${options.stepsComputationPolicy}",`]
      : []),
    ...(typeof hint === "number"
      ? [`force_refresh_step_hint=${hint},`, `force_refresh_step_policy="${options.forceRefreshStepPolicy}",`]
      : []),
  ];
};

/** Arguments of `DBPruneConfig`. */
const dbpruneLines = ({ nonPruneBlockIds, enableDynamicPruneThreshold, ...options }: Said): string[] => [
  `Fn_compute_blocks=${Math.max(1, options.fnComputeBlocks as number)},`,
  `Bn_compute_blocks=${options.bnComputeBlocks},`,
  `residual_diff_threshold=${options.residualDiffThreshold},`,
  ...((nonPruneBlockIds as readonly number[]).length > 0
    ? [`non_prune_block_ids=[${(nonPruneBlockIds as readonly number[]).join(", ")}],`]
    : []),
  ...(enableDynamicPruneThreshold
    ? [
        "enable_dynamic_prune_threshold=True,",
        `max_dynamic_prune_threshold=${options.maxDynamicPruneThreshold ?? "None"},`,
        `dynamic_prune_threshold_relax_ratio=${options.dynamicPruneThresholdRelaxRatio},`,
      ]
    : []),
  `max_warmup_steps=${options.maxWarmupSteps},`,
  `warmup_interval=${options.warmupInterval},`,
  `max_cached_steps=${options.maxCachedSteps},`,
  `max_continuous_cached_steps=${options.maxContinuousCachedSteps},`,
];

/** The steps that a method computes, where it decides by the step alone; a mask drawn for another number as it is. */
const maskOf = (method: CacheMethod, steps: number): string => {
  const { mask } = method.options;
  if (typeof mask === "string" && mask.length !== steps) return mask;
  const timesteps = Array.from({ length: steps }, (_, step) => 1000 - (1000 * step) / steps);
  const planned = dryRun({ methods: [method], timesteps });
  return (planned.find(({ computed }) => computed.includes("0")) ?? planned[0])?.computed ?? "1".repeat(steps);
};

interface Forecast {
  readonly by: string;
  readonly order?: number;
}

/** undefined for a method that cache-dit does not have. */
export const cacheDitConfig = (method: CacheMethod, steps: number): CacheDitConfig | undefined => {
  const { forecast } = saidOptions(method) as { forecast?: Forecast };
  const config = configOf(method, steps, forecast);
  if (!config || forecast?.by !== "hermite" || forecast.order === 0) return config;
  const remark = "Left out: cache-dit has no forecast by Hermite polynomials; the residual is reused.";
  return { ...config, remarks: [...config.remarks, remark], exact: false };
};

const configOf = (method: CacheMethod, steps: number, forecast: Forecast | undefined): CacheDitConfig | undefined => {
  const { options } = method;
  const { guards = {} } = saidOptions(method) as { guards?: Guards };
  const calibrator = forecast ? calibrators(forecast.by, forecast.order) : undefined;
  const carried = calibrator ? { calibrator } : {};
  const guarded = Object.keys(guards).length > 0;
  const left = guarded ? ["Left out: guards; max_warmup_steps and max_continuous_cached_steps are cache-dit's."] : [];
  if (method.name === "dbcache") {
    const own = calibrators(options.calibrator, options.taylorseerOrder) ?? calibrator;
    return { lines: dbcacheLines(options), ...(own ? { calibrator: own } : {}), remarks: left, exact: !guarded };
  }
  if (method.name === "dbprune") {
    const remarks = [
      ...left,
      ...(options.fnComputeBlocks === 0 ? [firstRuns] : []),
      ...(options.comparedWith === "last-step" ? ["It compares with the last step in which the block ran."] : []),
    ];
    const exact = remarks.length === 0;
    return { name: "DBPruneConfig", lines: dbpruneLines(options), ...carried, remarks, exact };
  }
  if (method.name === "firstblockcache") {
    const { warmupSteps = 0, maxConsecutive = null, lastStep = false } = guards;
    return {
      lines: [
        "Fn_compute_blocks=1,",
        "Bn_compute_blocks=0,",
        `residual_diff_threshold=${options.threshold},`,
        `max_warmup_steps=${warmupSteps},`,
        ...(maxConsecutive === null ? [] : [`max_continuous_cached_steps=${maxConsecutive},`]),
      ],
      ...carried,
      remarks: [
        "FirstBlockCache is DBCache with one block in front, none behind and no warm-up.",
        ...(lastStep ? ["Left out: cache-dit has no guard for the last step."] : []),
      ],
      exact: !lastStep,
    };
  }
  if (method.name === "mask") {
    const blocks = options.site === "blocks";
    const whole = blocks ? [] : [`It rests the blocks after the first, not the ${options.site} as a whole.`];
    return { lines: masked(maskOf(method, steps)), ...carried, remarks: [firstRuns, ...whole], exact: blocks };
  }
  if (method.name === "taylorseer") {
    const own = calibrators("taylorseer", options.maxOrder);
    return {
      lines: masked(maskOf(method, steps)),
      ...(own ? { calibrator: own } : {}),
      remarks: ["In the same steps, but one tensor is forecast: the residual of the blocks after the first."],
      exact: false,
    };
  }
  return undefined;
};
