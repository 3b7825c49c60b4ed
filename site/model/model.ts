import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Calibration, calibrationFromJson } from "diffusion-cache";
import type { Checkpoint } from "./models.js";

/** The checkpoints that examples run, under site/public/models. Recorded runs are of the first. */
const names = ["latte-motion-nano", "flux-shapes-nano"] as const;
export type ModelName = (typeof names)[number];

/** The first, under site/public. */
export const modelPath = `models/${names[0]}`;

interface Slot {
  readonly name: string;
  readonly words: readonly string[];
}

/** A model as a choice shows it. */
export interface ModelLabel {
  readonly name: string;
  readonly label: string;
}

export interface SiteModel extends Checkpoint {
  readonly architecture: string;
  readonly parameters: number;
  readonly license: string;
  readonly training: { readonly clips: number; readonly minutes: number };
  readonly bytes: number;
  /** Blocks of the first kind: spatial ones of Latte, dual-stream ones of FLUX. */
  readonly layers: number;
  readonly clip: { readonly frames: number; readonly height: number; readonly width: number; readonly fps: number };
  readonly slots: readonly Slot[];
  /** Its `text/vocabulary.json`. */
  readonly vocabulary: object;
  readonly calibration: Calibration;
}

const readModel = (name: ModelName): SiteModel => {
  const path = `models/${name}`;
  const json = (file: string): unknown =>
    JSON.parse(readFileSync(join(process.cwd(), "site/public", path, file), "utf8"));
  const manifest = json("manifest.json") as {
    readonly name: string;
    readonly parameters: number;
    readonly license: string;
    readonly training: SiteModel["training"];
    readonly files: readonly { readonly bytes: number }[];
    readonly clip: SiteModel["clip"];
    readonly defaults?: Partial<SiteModel["defaults"]>;
  };
  const config = json("transformer/config.json") as {
    readonly _class_name: string;
    readonly num_layers: number;
  };
  const vocabulary = json("text/vocabulary.json") as { readonly slots: readonly Slot[] };
  const base = import.meta.env.BASE_URL.replace(/\/$/, "");
  return {
    name: manifest.name,
    architecture: config._class_name,
    parameters: manifest.parameters,
    license: manifest.license,
    training: manifest.training,
    address: `${base}/${path}`,
    bytes: manifest.files.reduce((sum, { bytes }) => sum + bytes, 0),
    layers: config.num_layers,
    network: config,
    clip: manifest.clip,
    defaults: { prompt: "", steps: 20, guidance: 1, ...manifest.defaults },
    scheduler: json("scheduler/scheduler_config.json") as object,
    slots: vocabulary.slots,
    vocabulary,
    calibration: calibrationFromJson(json("calibration.json"), `${path}/calibration.json`),
  };
};

/** What the pages say about the models before they are loaded, read from their own files at build time. */
export const siteModels = (): readonly [SiteModel, ...SiteModel[]] => {
  const [first, ...more] = names;
  return [readModel(first), ...more.map(readModel)];
};

const kinds: Readonly<Record<string, string>> = { FluxTransformer2DModel: "FLUX", LatteTransformer3DModel: "Latte" };

export const modelLabels = (models: readonly SiteModel[]): readonly ModelLabel[] =>
  models.map(({ name, architecture, clip }) => ({
    name,
    label: `${name} (${kinds[architecture] ?? architecture}, ${clip.frames > 1 ? "video" : "image"})`,
  }));

export const siteModel = (name: ModelName = names[0]): SiteModel => readModel(name);

/** Size of onnxruntime's WebAssembly file, which a first run also loads. */
export const runtimeBytes = (): number =>
  statSync(join(process.cwd(), "node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm")).size;
