import { EngineError } from "../errors.js";
import { blockSize, eightBitOf, quantMethod } from "../files/eight-bit.js";
import { fileOf, type RawTensor } from "../files/safetensors.js";
import type { Entry } from "../files/safetensors-header.js";
import type { Json } from "../models/json-files.js";
import { openWeights } from "../models/load-weights.js";
import type { Manifest } from "../models/manifest.js";
import type { OpenShard } from "../models/read-shard.js";
import type { Files } from "../models/source.js";
import { sizeOf } from "../tensor.js";
import { linearWeights } from "./linear-weights.js";
import { bytesAs, converted, type Difference, goesToEightBit, type StoredDtype } from "./stored-as.js";

export interface ConvertOptions {
  readonly dtype: StoredDtype;
  /** A file of weights holds no more, unless one tensor alone is larger. */
  readonly shardBytes: number;
  /** Bytes of the weights that have been read, and of all of them. */
  readonly onProgress?: (loaded: number, total: number, file: string) => void;
}

interface NetworkOptions extends ConvertOptions {
  readonly from: Files;
  readonly manifest: Manifest | undefined;
  /** Its folder there and here: "" or a path that ends in "/". */
  readonly source: string;
  readonly folder: string;
  readonly config: Json;
  readonly save: (path: string, bytes: Uint8Array) => Promise<void>;
  readonly saveJson: (path: string, json: object) => Promise<void>;
}

/** A tensor of a network, where it lies, and whether it goes to 8 bits. */
interface Planned {
  readonly shard: OpenShard;
  readonly entry: Entry;
  readonly eightBit: boolean;
}

const weightsName = "diffusion_pytorch_model";

/** Tensors in the order of the file, in as few files as hold them. */
const inFiles = (planned: readonly Planned[], shardBytes: number): readonly (readonly Planned[])[] => {
  const files: Planned[][] = [[]];
  let bytes = 0;
  for (const one of planned) {
    const more = bytesAs(one.entry, one.eightBit);
    if (bytes > 0 && bytes + more > shardBytes) {
      files.push([]);
      bytes = 0;
    }
    files.at(-1)?.push(one);
    bytes += more;
  }
  return files;
};

/**
 * Writes the weights and the config.json of one network; gives how far those in 8 bits are from what they were, and how
 * many there are in all.
 */
export const convertNetwork = async ({
  from,
  manifest,
  source,
  folder,
  config,
  dtype,
  shardBytes,
  save,
  saveJson,
  onProgress,
}: NetworkOptions): Promise<{ readonly error: number | undefined; readonly parameters: number }> => {
  if (eightBitOf(`${from.name}: ${source}config.json`, config))
    throw new EngineError("model-config", `${from.name} has its weights in 8 bits already.`, {
      hint: "Convert the checkpoint that they were made of.",
    });
  const shards = await openWeights(from, source, manifest, {});
  try {
    const entries = shards.flatMap((shard) => shard.entries.map((entry) => ({ shard, entry })));
    const all = entries.map(({ entry }) => entry);
    const linear = dtype === "q8" ? await linearWeights(config, all) : new Set<string>();
    const planned = entries.map(({ shard, entry }) => ({
      shard,
      entry,
      eightBit: goesToEightBit(entry, linear),
    }));
    const total = all.reduce((sum, { begin, end }) => sum + end - begin, 0);
    const difference: Difference = { squared: 0, magnitude: 0 };
    const groups = inFiles(planned, shardBytes);
    const map: Record<string, string> = {};
    let [loaded, size] = [0, 0];
    for (const [index, group] of groups.entries()) {
      const numbered = [index + 1, groups.length].map((one) => String(one).padStart(5, "0"));
      const file = `${weightsName}${groups.length > 1 ? `-${numbered.join("-of-")}` : ""}.safetensors`;
      const parts: RawTensor[] = [];
      for (const { shard, entry, eightBit } of group) {
        parts.push(...converted(shard.where, entry, await shard.bytesOf(entry), eightBit, difference));
        loaded += entry.end - entry.begin;
        onProgress?.(loaded, total, folder + file);
      }
      for (const { name: tensor, bytes } of parts) {
        map[tensor] = file;
        size += bytes.byteLength;
      }
      await save(folder + file, fileOf(parts, { format: "pt" }));
    }
    if (groups.length > 1)
      await saveJson(`${folder}${weightsName}.safetensors.index.json`, {
        metadata: { total_size: size },
        weight_map: map,
      });
    const { squared, magnitude } = difference;
    const some = planned.some(({ eightBit }) => eightBit);
    const error = some ? Math.sqrt(squared / (magnitude || 1)) : undefined;
    const quantised = { quant_method: quantMethod, bits: 8, block_size: blockSize, relative_error: error };
    await saveJson(`${folder}config.json`, some ? { ...config, quantization_config: quantised } : config);
    return { error, parameters: all.reduce((sum, { dims }) => sum + sizeOf(dims), 0) };
  } finally {
    for (const shard of shards) await shard.close();
  }
};
