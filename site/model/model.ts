import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Calibration, calibrationFromJson } from "diffusion-cache";
import { firstModel, liveModels, type ModelName } from "./live-models.js";
import type { Checkpoint } from "./models.js";

/** The first, under site/public. */
export const modelPath = `models/${firstModel}`;

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
  /** What decodes its latents; undefined for a model of pixels. */
  readonly decoder: { readonly architecture: string; readonly channels: number } | undefined;
  readonly slots: readonly Slot[];
  /** Its `text/vocabulary.json`, without what its words look like: only the engine reads that. */
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
  const {
    domain: _,
    scenes: __,
    ...vocabulary
  } = json("text/vocabulary.json") as {
    readonly slots: readonly Slot[];
    readonly domain?: object;
    readonly scenes?: object;
  };
  const vae = existsSync(join(process.cwd(), "site/public", path, "vae/config.json"))
    ? (json("vae/config.json") as { readonly _class_name: string; readonly latent_channels: number })
    : undefined;
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
    decoder: vae && { architecture: vae._class_name, channels: vae.latent_channels },
    slots: vocabulary.slots,
    vocabulary,
    calibration: calibrationFromJson(json("calibration.json"), `${path}/calibration.json`),
  };
};

/** What the pages say about the models before they are loaded, read from their own files at build time. */
export const siteModels = (): readonly [SiteModel, ...SiteModel[]] => {
  const [first, ...more] = liveModels.map(({ name }) => readModel(name));
  return [first as SiteModel, ...more];
};

const kinds: Readonly<Record<string, string>> = { FluxTransformer2DModel: "FLUX", LatteTransformer3DModel: "Latte" };

export const modelLabels = (models: readonly SiteModel[]): readonly ModelLabel[] =>
  models.map(({ name, architecture, clip }) => ({
    name,
    label: `${name} (${kinds[architecture] ?? architecture}, ${clip.frames > 1 ? "video" : "image"})`,
  }));

export const siteModel = (name: ModelName = firstModel): SiteModel => readModel(name);

/** Size of onnxruntime's WebAssembly file, which a first run also loads. */
export const runtimeBytes = (): number =>
  statSync(join(process.cwd(), "node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm")).size;
