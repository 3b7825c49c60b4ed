import { type CfgCacheOptions, type CompareRequest, cfgCache, compare, type PabOptions, pab } from "diffusion-cache";

type Options = Pick<PabOptions, "spatialAttentionBlockSkipRange" | "temporalAttentionBlockSkipRange"> &
  Pick<CfgCacheOptions, "unconditionalBatchSkipRange">;

/** CFG-Cache leaves out whole unconditional passes; in the passes that run, PAB leaves out attention. */
export const methods = ({ unconditionalBatchSkipRange = 3, ...ranges }: Options) => [
  cfgCache({ unconditionalBatchSkipRange }),
  pab({ ...ranges, crossAttentionBlockSkipRange: 6 }),
];

/** The same clip twice, from the same noise: with every step computed, then with both caches. */
export const run = (request: CompareRequest<Options>) => compare(request, methods(request.settings.options ?? {}));

const range = (name: keyof Options, label: string, value: number, help: string) => ({
  name,
  label,
  type: "range" as const,
  default: value,
  min: 1,
  max: 8,
  step: 1,
  unit: "steps",
  help,
});

/** The sliders of the page; 1 switches a part off. */
export const knobs = [
  range("unconditionalBatchSkipRange", "Unconditional pass", 3, "CFG-Cache: runs in 1 of this many steps."),
  range("spatialAttentionBlockSkipRange", "Spatial attention", 2, "PAB: computed in 1 of this many steps."),
  range("temporalAttentionBlockSkipRange", "Temporal attention", 3, "PAB: computed in 1 of this many steps."),
];
