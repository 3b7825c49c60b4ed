import { type Calibration, calibrationFromJson } from "../calibrate/calibration.js";
import { hasDecoder } from "../decoders/index.js";
import { EngineError } from "../errors.js";
import { quantisationOf } from "../files/bit-blocks.js";
import { expectPlainWeights } from "../files/quantised.js";
import type { WeightStore } from "../graph/weights.js";
import { type Json, jsonReader } from "../models/json-files.js";
import { type LoadOptions, loadWeights } from "../models/load-weights.js";
import { type Manifest, manifestFromJson } from "../models/manifest.js";
import type { Files } from "../models/source.js";
import type { Tensor } from "../tensor.js";
import { type Vocabulary, vocabularyFromJson } from "../text/vocabulary.js";

export type { LoadOptions, LoadProgress } from "../models/load-weights.js";

/** A diffusers checkpoint in memory, of whatever architecture. */
export interface Checkpoint {
  /** The network's config.json. */
  readonly config: Json;
  readonly weights: ReadonlyMap<string, Tensor>;
  readonly schedulerConfig?: Json;
  /** What makes pixels of latents: the config.json and the weights of `vae/`. */
  readonly vae?: { readonly config: Json; readonly weights: ReadonlyMap<string, Tensor> };
  readonly vocabulary?: Vocabulary;
  /** Names of the classes that a label chooses, by number. */
  readonly classes?: readonly string[];
  readonly manifest?: Manifest;
  readonly calibration?: Calibration;
  /** How its network's weights are computed with, where that is asked for. */
  readonly computing?: (store: WeightStore) => WeightStore;
  /** What every run should say of it. */
  readonly notes?: readonly string[];
}

/**
 * Loads a checkpoint from a pipeline's folder (with `transformer/` in it) or from the network's own (with `config.json`):
 * one safetensors file, or shards with their index. `scheduler/scheduler_config.json`, `text/vocabulary.json`,
 * `model_index.json` (names of classes), `calibration.json`, `manifest.json` and `vae/` are read where they are. A `vae/` of a class that the engine has no decoder
 * for is left: its latents stay latents. A manifest must list every file of the model: listed files are checked
 * against it, others are not looked for. Quantised weights are refused, but for 8 bits as `convert` writes them.
 *
 * @throws EngineError "file-missing", "file-invalid", "model-config", "download-failed", "hash-mismatch", "stopped"
 */
export const loadCheckpoint = async (files: Files, options: LoadOptions = {}): Promise<Checkpoint> => {
  const { signal } = options;
  const manifestJson = await jsonReader(files, undefined, signal).optional("manifest.json");
  const manifest = manifestJson && manifestFromJson(manifestJson, `${files.name}: manifest.json`);
  const read = jsonReader(files, manifest, signal);
  const inside = await read.optional("transformer/config.json");
  const config = inside ?? (await read.optional("config.json")) ?? noConfig(files);
  const schedulerConfig = await read.optional("scheduler/scheduler_config.json");
  const words = await read.optional("text/vocabulary.json");
  const vocabulary = words && vocabularyFromJson(words);
  const measured = await read.optional("calibration.json");
  const calibration = measured && calibrationFromJson(measured, `${files.name}: calibration.json`);
  const index = inside && (await read.optional("model_index.json"));
  const named = index && (await import("../models/classes.js"));
  const classes = named?.classesOf(index, `${files.name}: model_index.json`);
  const vaeConfig = inside && (await read.optional("vae/config.json"));
  const next = oneAfterTheOther(options);
  const load = async (folder: string, config: Json) => {
    const quantisation = quantisationOf(`${files.name}: ${folder}config.json`, config);
    const weights = await loadWeights(files, folder, manifest, next());
    if (!quantisation) expectPlainWeights(files.name, weights);
    return weights;
  };
  const weights = await load(inside ? "transformer/" : "", config);
  const vae = vaeConfig &&
    hasDecoder(vaeConfig) && {
      config: vaeConfig,
      weights: await load("vae/", vaeConfig),
    };
  return {
    config,
    weights,
    ...(schedulerConfig && { schedulerConfig }),
    ...(vae && { vae }),
    ...(vocabulary && { vocabulary }),
    ...(classes && { classes }),
    ...(manifest && { manifest }),
    ...(calibration && { calibration }),
    notes: [...notesOn(config), ...(files.notes ?? [])],
  };
};

/** Weights in few bits are other weights: each run says by how much. */
const notesOn = (config: Json): readonly string[] => {
  const found = quantisationOf("config.json", config);
  if (!found) return [];
  const percent = (100 * found.relative_error).toPrecision(2);
  return [
    `Linear layers have weights in ${found.bits} bits, in blocks of 32: ${percent} % (RMS) from those that were converted.`,
  ];
};

/** The options of each of several loads, whose progress counts on from the one before. */
const oneAfterTheOther = (options: LoadOptions) => {
  let now = { loaded: 0, total: 0 };
  return (): LoadOptions => {
    const before = now;
    return {
      ...options,
      onProgress(progress) {
        now = { loaded: before.loaded + progress.loaded, total: before.total + progress.total };
        options.onProgress?.({ ...progress, ...now });
      },
    };
  };
};

/**
 * The network's config.json alone.
 *
 * @throws EngineError "file-missing", "file-invalid", "download-failed", "stopped"
 */
export const loadConfig = async (files: Files, signal?: AbortSignal): Promise<Json> => {
  const read = jsonReader(files, undefined, signal);
  return (await read.optional("transformer/config.json")) ?? (await read.optional("config.json")) ?? noConfig(files);
};

const noConfig = ({ name }: Files): never => {
  throw new EngineError("file-missing", `${name} has neither transformer/config.json nor config.json.`, {
    hint: "Give the folder of a diffusers model, or the folder of its transformer.",
  });
};

/**
 * The scheduler's config in a folder of its own, or in a pipeline's.
 *
 * @throws EngineError "file-missing", "file-invalid", "download-failed", "stopped"
 */
export const loadSchedulerConfig = async (files: Files, signal?: AbortSignal): Promise<Json> => {
  const read = jsonReader(files, undefined, signal);
  const config =
    (await read.optional("scheduler_config.json")) ?? (await read.optional("scheduler/scheduler_config.json"));
  if (config) return config;
  throw new EngineError("file-missing", `${files.name} has no scheduler_config.json.`, {
    hint: "Give the folder in which diffusers saved the scheduler.",
  });
};
