import { EngineError, shown } from "../errors.js";
import { accept, aText } from "../expect.js";

/** From the closest to the uncached clip to the fastest. */
export const presetNames = ["gentle", "balanced", "strong"] as const;
/** One of {@link presetNames}. */
export type PresetName = (typeof presetNames)[number];

/** A setting of a method and what a sweep measured for it. */
export interface Preset {
  /** As `methodFromName` takes them, without the numbers of a calibration. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Uncached time over its own; the median over the prompts. */
  readonly speedup: number;
  /** In dB, of the worst clip. */
  readonly psnr: number;
  /** Of the worst clip, −1 … 1. */
  readonly ssim: number;
  /** Kept features at the peak of a run. */
  readonly cacheBytes: number;
}

/** `presets.json` of a model: per method the fastest setting of a sweep above each floor, where there is one. */
export interface Presets {
  readonly format: "diffusion-cache/presets";
  readonly version: 1;
  /** The model's name. */
  readonly model: string;
  /** Denoising steps of the sweep. */
  readonly steps: number;
  /** What the speed-ups were measured on, in words. */
  readonly machine: string;
  /** One clip each, of every setting. */
  readonly prompts: readonly string[];
  /** Least PSNR in dB of the worst clip. */
  readonly floors: Readonly<Record<PresetName, number>>;
  /** By the method's name; a method without a preset was never faster above that floor. */
  readonly methods: Readonly<Record<string, Readonly<Partial<Record<PresetName, Preset>>>>>;
}

/**
 * Checks parsed presets.
 * @throws EngineError "file-invalid"
 */
export const presetsFromJson = (json: unknown, where: string): Presets => {
  accept("presetsFromJson", { where: [where, aText] });
  const { format, version, methods } = (json ?? {}) as Partial<Presets>;
  if (format === "diffusion-cache/presets" && version === 1 && typeof methods === "object") return json as Presets;
  throw new EngineError("file-invalid", `${where} does not hold presets: its format is ${shown(format)}.`, {
    hint: "Make them with scripts/presets.mjs.",
  });
};

/**
 * The options of a preset.
 * @throws EngineError "argument-invalid" if the model has none of that name for the method
 */
export const presetOf = (presets: Presets, method: string, name: string): Preset["options"] => {
  const found = presets.methods[method]?.[name as PresetName];
  if (found) return found.options;
  const there = Object.keys(presets.methods[method] ?? {});
  throw new EngineError("argument-invalid", `${presets.model} has no preset "${name}" for ${method}.`, {
    hint: there.length ? `It has ${there.join(", ")}.` : "No setting of it was above a floor and faster than uncached.",
  });
};
