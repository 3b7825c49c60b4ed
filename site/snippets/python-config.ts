import type { CacheMethod } from "diffusion-cache";
import { type Said, saidOptions } from "../program/said-options.js";
import { type Pipeline, pythonLiteral, snakeCase } from "./python-pipelines.js";

/** A method as a configuration of diffusers. */
export interface PythonConfig {
  readonly name: string;
  readonly pipeline: Pipeline;
  /** Arguments, a line each. */
  readonly lines: readonly string[];
  /** What a reader should know, a comment line each. */
  readonly remarks: readonly string[];
  /** Whether it does what the method does; else the remarks say what it does instead. */
  readonly exact: boolean;
  readonly imports?: readonly string[];
  /** Statements between the pipeline and the cache. */
  readonly before?: string;
}

interface Run {
  readonly steps: number;
  readonly guidance: number;
  /** Still images, of a FLUX, rather than clips of a video model. */
  readonly still: boolean;
}

type Config = Omit<PythonConfig, "remarks" | "exact"> & { readonly remarks?: readonly string[] };

const linesOf = (options: Said): string[] =>
  Object.entries(options).map(([name, value]) => `${snakeCase(name)}=${pythonLiteral(value)},`);

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

const layouts = "Not Latte: its first and last block see different layouts, and the hook stops.";
const contexts = "Not Latte: its pipeline opens no cache context, which this hook needs.";
const blockModel = ({ still }: Run): Pipeline => (still ? "FluxPipeline" : "CogVideoXPipeline");

/** The options whose names do not match. */
const without = (said: Said, pattern: RegExp): Said =>
  Object.fromEntries(Object.entries(said).filter(([name]) => !pattern.test(name)));

/** CogVideoX and FLUX have one attention per block. diffusers' own patterns end in "attn" and miss CogVideoX's "attn1". */
export const taylorModules = (sites: readonly string[], { still }: Pick<Run, "still">): string => {
  const modules = [
    ...(sites.some((site) => site.endsWith("attention")) ? [still ? String.raw`.*\.attn` : String.raw`.*\.attn1`] : []),
    ...(sites.includes("feed-forward") ? [still ? String.raw`.*\.(ff|ff_context|proj_mlp)` : String.raw`.*\.ff`] : []),
  ];
  return `cache_identifiers=[${modules.map((module) => `r"${module}"`).join(", ")}],`;
};

const configs: Readonly<Record<string, (said: Said, run: Run) => Config>> = {
  pab: (said, { still }) =>
    still
      ? {
          name: "PyramidAttentionBroadcastConfig",
          pipeline: "FluxPipeline",
          remarks: ["FLUX has no temporal and no cross-attention: the spatial range is all that acts."],
          lines: [...linesOf({ spatialAttentionBlockSkipRange: 2, ...without(said, /^(temporal|cross)/) }), timestep],
        }
      : {
          name: "PyramidAttentionBroadcastConfig",
          pipeline: "LattePipeline",
          lines: [...linesOf(said), ...latteBlocks, timestep],
        },
  fastercache({ attentionWeight = 0.5, ...said }, { still }) {
    const weight = `attention_weight_callback=lambda module: ${attentionWeight},`;
    const attention = {
      ...without(said, /^(temporal|unconditional|low|high|alpha|tensor|isGuidance)/),
      tensorFormat: "BCHW",
      isGuidanceDistilled: true,
    };
    return {
      name: "FasterCacheConfig",
      pipeline: still ? "FluxPipeline" : "LattePipeline",
      ...(still ? { remarks: ["FLUX.1 has no unconditional branch: the attention half is all that acts."] } : {}),
      lines: [...linesOf(still ? attention : said), weight, timestep],
    };
  },
  cfgcache: (said) => ({
    name: "FasterCacheConfig",
    pipeline: "LattePipeline",
    remarks: ["diffusers has CFG-Cache as a part of FasterCache: without attention ranges, that part is left."],
    lines: [
      ...linesOf({ spatialAttentionBlockSkipRange: null, temporalAttentionBlockSkipRange: null, ...said }),
      "attention_weight_callback=lambda module: 0.5,  # unused here; diffusers warns without",
      timestep,
    ],
  }),
  firstblockcache: (said, run) => ({
    name: "FirstBlockCacheConfig",
    pipeline: blockModel(run),
    remarks: run.still ? [] : [layouts],
    lines: linesOf(said),
  }),
  taylorseer: ({ sites = ["spatial-attention"], ...said }, run) => ({
    name: "TaylorSeerCacheConfig",
    pipeline: blockModel(run),
    remarks: run.still ? [] : [contexts],
    lines: [
      ...linesOf(said),
      "taylor_factors_dtype=torch.float32,",
      ...(said.useLiteMode ? [] : [taylorModules(sites as string[], run)]),
    ],
  }),
  magcache: ({ magRatios: _, calibratedFor: __, ...said }, run) => ({
    name: "MagCacheConfig",
    pipeline: blockModel(run),
    remarks: run.still ? [] : [layouts],
    imports: ["contextlib", "io", "json"],
    before: `
# Ratios belong to a model, its scheduler and the number of steps, so they are measured here, once: diffusers prints them.
pipe.transformer.enable_cache(MagCacheConfig(calibrate=True, num_inference_steps=${run.steps}))
printed = io.StringIO()
with contextlib.redirect_stdout(printed):
    pipe(prompt, num_inference_steps=${run.steps}, guidance_scale=${run.guidance})
pipe.transformer.disable_cache()
ratios = json.loads(printed.getvalue().strip().splitlines()[-1])
`,
    lines: ["mag_ratios=ratios,", ...linesOf({ ...said, numInferenceSteps: run.steps })],
  }),
  seacache: (said, { still }) => ({
    name: "SeaCacheConfig",
    pipeline: "WanPipeline",
    remarks: [
      `Not ${still ? "FLUX" : "Latte"}: its pipeline does not tell the hook step and sigma, and then every step is computed. Wan's does.`,
    ],
    lines: linesOf(said),
  }),
  textkv: () => ({
    name: "TextKVCacheConfig",
    pipeline: "NucleusMoEImagePipeline",
    remarks: ["diffusers has it for this one model."],
    lines: [],
  }),
};

/** A choice that diffusers does not have, taken otherwise than it does. */
const notThere = ["variant", "compoundWeights", "mlpBroadcast", "guards", "forecast"];

/** undefined for a method that diffusers does not have. */
export const pythonConfig = (method: CacheMethod, run: Run): PythonConfig | undefined => {
  const said = saidOptions(method);
  const left = Object.keys(said).filter((name) => notThere.includes(name));
  const config = configs[method.name]?.(without(said, new RegExp(`^(${notThere.join("|")})$`)), run);
  if (!config) return undefined;
  const dropped = left.length > 0 ? [`Left out, since diffusers has no such option: ${left.join(", ")}.`] : [];
  return { ...config, remarks: [...(config.remarks ?? []), ...dropped], exact: left.length === 0 };
};
