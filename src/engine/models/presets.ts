import { EngineError, shown } from "../errors.js";
import { accept, aNumber, anObject, aText, fields, listOf, mapOf, wholeFrom } from "../expect.js";

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

const aPreset = fields({ options: anObject, speedup: aNumber, psnr: aNumber, ssim: aNumber, cacheBytes: aNumber });

const somePresets = fields({
  model: aText,
  steps: wholeFrom(1, 1000),
  machine: aText,
  prompts: listOf(aText),
  floors: mapOf(aNumber),
  methods: mapOf(fields(Object.fromEntries(presetNames.map((name) => [`${name}?`, aPreset])))),
});

/**
 * Checks parsed presets.
 * @throws EngineError "file-invalid"
 */
export const presetsFromJson = (json: unknown, where: string): Presets => {
  accept("presetsFromJson", { where: [where, aText] });
  const { format, version } = (json ?? {}) as Partial<Presets>;
  const wrong =
    format === "diffusion-cache/presets" && version === 1
      ? somePresets(json, "")
      : `its format is ${shown(format)} and its version ${shown(version)}`;
  if (wrong === undefined) return json as Presets;
  throw new EngineError("file-invalid", `${where} does not hold presets: ${wrong}.`, {
    hint: "Make them with scripts/presets.mjs.",
  });
};

/**
 * The options of a preset.
 * @throws EngineError "argument-invalid" if there is none of that name, or the model has none for the method
 */
export const presetOf = (presets: Presets, method: string, name: string): Preset["options"] => {
  if (!presetNames.some((known) => known === name))
    throw new EngineError("argument-invalid", `There is no preset ${shown(name)}.`, {
      hint: `Choose one of: ${presetNames.join(", ")}.`,
    });
  const ofMethod = Object.hasOwn(presets.methods, method) ? presets.methods[method] : undefined;
  const found = ofMethod?.[name as PresetName];
  if (found) return found.options;
  const there = Object.keys(ofMethod ?? {});
  throw new EngineError("argument-invalid", `${presets.model} has no preset "${name}" for ${method}.`, {
    hint: there.length ? `It has ${there.join(", ")}.` : "No setting of it was above a floor and faster than uncached.",
  });
};
