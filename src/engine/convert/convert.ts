import { hasDecoder } from "../decoders/index.js";
import { EngineError, shown } from "../errors.js";
import { jsonReader } from "../models/json-files.js";
import { manifestFromJson } from "../models/manifest.js";
import type { Files } from "../models/source.js";
import { type ConvertOptions, convertNetwork } from "./convert-network.js";
import { bitsOf } from "./stored-as.js";

/** What was written. */
export interface Converted {
  readonly architecture: string;
  readonly parameters: number;
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[];
  readonly bytes: number;
  /** Of the weights in 8 or 4 bits; see `Quantisation`. */
  readonly relativeError?: number;
  readonly notes: readonly string[];
}

/** Files that go along as they are. */
const alike = [
  "model_index.json",
  "scheduler/scheduler_config.json",
  "text/vocabulary.json",
  "calibration.json",
  "presets.json",
];

/**
 * Writes a checkpoint as a page wants it: its network in shards of float16, 8 or 4 bits, its decoder in float16, the small
 * files beside them, and a manifest of all. Tensors are read one after the other, so the network may have any size.
 *
 * @param write writes a file of the new folder
 * @throws EngineError as loading the checkpoint; "file-invalid", "weight-missing", "weight-shape"
 */
export const convertCheckpoint = async (
  from: Files,
  name: string,
  write: (path: string, bytes: Uint8Array) => Promise<{ readonly sha256: string }>,
  options: ConvertOptions,
): Promise<Converted> => {
  const manifestJson = await jsonReader(from, undefined, undefined).optional("manifest.json");
  const manifest = manifestJson && manifestFromJson(manifestJson, `${from.name}: manifest.json`);
  const read = jsonReader(from, manifest, undefined);
  const files: { path: string; bytes: number; sha256: string }[] = [];
  const save = async (path: string, bytes: Uint8Array): Promise<void> => {
    files.push({ path, bytes: bytes.byteLength, ...(await write(path, bytes)) });
  };
  const saveJson = (path: string, json: object): Promise<void> =>
    save(path, new TextEncoder().encode(`${JSON.stringify(json, null, 2)}\n`));

  const inside = await read.optional("transformer/config.json");
  const config = inside ?? (await read.optional("config.json"));
  if (!config)
    throw new EngineError("file-missing", `${from.name} has neither transformer/config.json nor config.json.`, {
      hint: "Give the folder of a diffusers model, or the folder of its transformer.",
    });
  const notes: string[] = [];
  const { dtype } = options;
  const reading = { from, manifest, save, saveJson };
  const network = { source: inside ? "transformer/" : "", folder: "transformer/", config };
  const { error, parameters } = await convertNetwork({ ...reading, ...network, ...options });
  const bits = bitsOf(dtype);
  if (bits && error === undefined)
    notes.push(`No linear layer is large enough, in rows of a multiple of 32, for ${bits} bits: all is in float16.`);
  const vae = inside && (await read.optional("vae/config.json"));
  if (vae && hasDecoder(vae))
    await convertNetwork({ ...reading, ...options, source: "vae/", folder: "vae/", config: vae, dtype: "f16" });
  else if (vae) notes.push(`vae/ is left out: there is no decoder for ${shown(vae._class_name, 60)}.`);
  const papers = ((await from.list?.("")) ?? []).filter((file) => /^(licen[sc]e|notice)([.-]\w+)?$/i.test(file));
  for (const path of [...alike, ...papers]) {
    const expected = manifest?.files.find((file) => file.path === path);
    if (manifest && !expected && !papers.includes(path)) continue;
    const bytes = await from.read(path, { expected }).catch((cause: unknown) => {
      if (cause instanceof EngineError && cause.code === "file-missing" && !expected) return undefined;
      throw cause;
    });
    if (bytes) await save(path, bytes);
  }
  const written = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const { files: _, ...kept } = manifest ?? { files: [] };
  const stored = { parameters, dtype: dtype.toUpperCase(), files: written };
  await saveJson("manifest.json", { version: 1, name, ...kept, ...stored });
  return {
    architecture: String(config._class_name),
    parameters,
    files: written,
    bytes: written.reduce((sum, file) => sum + file.bytes, 0),
    ...(error === undefined ? {} : { relativeError: error }),
    notes,
  };
};
