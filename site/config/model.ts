import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Calibration, calibrationFromJson } from "diffusion-cache";

/** The checkpoint that every example of the site runs, under site/public. */
export const modelPath = "models/latte-motion-nano";

const root = join(process.cwd(), "site/public", modelPath);
const json = (path: string): unknown => JSON.parse(readFileSync(join(root, path), "utf8"));

interface Slot {
  readonly name: string;
  readonly words: readonly string[];
}

export interface SiteModel {
  readonly name: string;
  readonly address: string;
  readonly architecture: string;
  readonly parameters: number;
  readonly license: string;
  readonly training: { readonly clips: number; readonly minutes: number };
  readonly bytes: number;
  readonly layers: number;
  readonly clip: { readonly frames: number; readonly height: number; readonly width: number; readonly fps: number };
  readonly defaults: { readonly prompt: string; readonly steps: number; readonly guidance: number };
  readonly scheduler: object;
  readonly slots: readonly Slot[];
  readonly calibration: Calibration;
}

/** What the pages say about the model before it is loaded, read from its own files at build time. */
export const siteModel = (): SiteModel => {
  const manifest = json("manifest.json") as {
    readonly name: string;
    readonly parameters: number;
    readonly license: string;
    readonly training: SiteModel["training"];
    readonly files: readonly { readonly bytes: number }[];
    readonly clip?: { readonly fps?: number };
    readonly defaults?: Partial<SiteModel["defaults"]>;
  };
  const config = json("transformer/config.json") as Record<"num_layers" | "sample_size" | "video_length", number> & {
    readonly _class_name: string;
  };
  const { slots } = json("text/vocabulary.json") as { readonly slots: readonly Slot[] };
  const base = import.meta.env.BASE_URL.replace(/\/$/, "");
  return {
    name: manifest.name,
    architecture: config._class_name,
    parameters: manifest.parameters,
    license: manifest.license,
    training: manifest.training,
    address: `${base}/${modelPath}`,
    bytes: manifest.files.reduce((sum, { bytes }) => sum + bytes, 0),
    layers: config.num_layers,
    clip: {
      frames: config.video_length,
      height: config.sample_size,
      width: config.sample_size,
      fps: manifest.clip?.fps ?? 8,
    },
    defaults: { prompt: "", steps: 20, guidance: 1, ...manifest.defaults },
    scheduler: json("scheduler/scheduler_config.json") as object,
    slots,
    calibration: calibrationFromJson(json("calibration.json"), `${modelPath}/calibration.json`),
  };
};

/** Size of onnxruntime's WebAssembly file, which a first run also loads. */
export const runtimeBytes = (): number =>
  statSync(join(process.cwd(), "node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm")).size;
