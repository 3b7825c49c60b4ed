import type { CacheMethod } from "diffusion-cache";
import { type Said, saidOptions } from "./said-options.js";

/** A method as a configuration of diffusers. */
export interface PythonConfig {
  readonly name: string;
  readonly pipeline: "LattePipeline" | "CogVideoXPipeline";
  /** Arguments, a line each. */
  readonly lines: readonly string[];
  readonly remark?: string;
  /** Statements that come first. */
  readonly before?: string;
}

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const literal = (value: unknown): string => {
  if (Array.isArray(value)) return `(${value.join(", ")})`;
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  return JSON.stringify(value);
};

const linesOf = (options: Said): string[] =>
  Object.entries(options).map(([name, value]) => `${snakeCase(name)}=${literal(value)},`);

const timestep = "current_timestep_callback=lambda: pipe.current_timestep,";

/**
 * diffusers finds attention layers by searching for these names. Unanchored, "transformer_blocks" would also match
 * "temporal_transformer_blocks", and Latte's temporal layers would be taken for spatial ones.
 */
const latteBlocks = [
  `spatial_attention_block_identifiers=("^transformer_blocks",),`,
  `temporal_attention_block_identifiers=("temporal_transformer_blocks",),`,
  `cross_attention_block_identifiers=("^transformer_blocks",),`,
];

/** CogVideoX has one attention per block, over text and video. diffusers' own patterns end in "attn" and miss "attn1". */
const taylorModules = ({ sites }: Said): string => {
  const kinds = Array.isArray(sites) ? (sites as string[]) : ["spatial-attention"];
  const modules = [
    ...(kinds.some((kind) => kind.endsWith("attention")) ? ["attn1"] : []),
    ...(kinds.includes("feed-forward") ? ["ff"] : []),
  ];
  return `cache_identifiers=[${modules.map((module) => `r"transformer_blocks\\.\\d+\\.${module}"`).join(", ")}],`;
};

const configs: Readonly<Record<string, (said: Said, steps: number) => PythonConfig>> = {
  pab: (said) => ({
    name: "PyramidAttentionBroadcastConfig",
    pipeline: "LattePipeline",
    lines: [...linesOf(said), ...latteBlocks, timestep],
  }),
  fastercache({ attentionWeight = 0.5, ...said }) {
    const weight = `attention_weight_callback=lambda module: ${attentionWeight},`;
    return { name: "FasterCacheConfig", pipeline: "LattePipeline", lines: [...linesOf(said), weight, timestep] };
  },
  cfgcache: (said) => ({
    name: "FasterCacheConfig",
    pipeline: "LattePipeline",
    remark: "diffusers has CFG-Cache as a part of FasterCache: without attention ranges, that part is left.",
    lines: [
      ...linesOf({ spatialAttentionBlockSkipRange: null, temporalAttentionBlockSkipRange: null, ...said }),
      timestep,
    ],
  }),
  firstblockcache: (said) => ({
    name: "FirstBlockCacheConfig",
    pipeline: "CogVideoXPipeline",
    remark: "Not Latte: its first and last block see different layouts, and the hook stops.",
    lines: linesOf(said),
  }),
  taylorseer: ({ sites, ...said }) => ({
    name: "TaylorSeerCacheConfig",
    pipeline: "CogVideoXPipeline",
    remark: "Not Latte: its pipeline opens no cache context, which this hook needs.",
    lines: [
      ...linesOf(said),
      "taylor_factors_dtype=torch.float32,",
      ...(said.useLiteMode ? [] : [taylorModules({ sites })]),
    ],
  }),
  magcache: ({ magRatios: _, calibratedFor: __, ...said }, steps) => ({
    name: "MagCacheConfig",
    pipeline: "CogVideoXPipeline",
    remark: "Not Latte: its first and last block see different layouts, and the hook stops.",
    before: `
# Ratios belong to a model, its scheduler and the number of steps: this run prints them.
pipe.transformer.enable_cache(MagCacheConfig(calibrate=True, num_inference_steps=${steps}))
pipe("a cat on a boat", num_inference_steps=${steps})
pipe.transformer.disable_cache()
ratios = [1.0] * ${steps}  # put the printed list here
`,
    lines: ["mag_ratios=ratios,", ...linesOf({ ...said, numInferenceSteps: steps })],
  }),
};

/** undefined for a method that diffusers does not have. */
export const pythonConfig = (method: CacheMethod, steps: number): PythonConfig | undefined => {
  // diffusers has no such choices, and does as the defaults here do.
  const { variant: _, compoundWeights: __, mlpBroadcast: ___, ...said } = saidOptions(method);
  return configs[method.name]?.(said, steps);
};
