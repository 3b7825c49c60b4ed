import { EngineError } from "../errors.js";
import { type Bits, blockSize, quantisationOf, quantMethod } from "../files/bit-blocks.js";
import { fileOf, type RawTensor } from "../files/safetensors.js";
import type { Entry } from "../files/safetensors-header.js";
import type { Json } from "../models/json-files.js";
import { openWeights } from "../models/load-weights.js";
import type { Manifest } from "../models/manifest.js";
import type { OpenShard } from "../models/read-shard.js";
import type { Files } from "../models/source.js";
import { sizeOf } from "../tensor.js";
import { linearWeights } from "./linear-weights.js";
import { bitsOf, bytesAs, converted, type Difference, goesToBlocks, type StoredDtype } from "./stored-as.js";

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

/** A tensor of a network, where it lies, and to how few bits it goes. */
interface Planned {
  readonly shard: OpenShard;
  readonly entry: Entry;
  readonly bits: Bits | undefined;
}

const weightsName = "diffusion_pytorch_model";

/** Tensors in the order of the file, in as few files as hold them. */
const inFiles = (planned: readonly Planned[], shardBytes: number): readonly (readonly Planned[])[] => {
  const files: Planned[][] = [[]];
  let bytes = 0;
  for (const one of planned) {
    const more = bytesAs(one.entry, one.bits);
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
 * Writes the weights and the config.json of one network; gives how far those in few bits are from what they were, and how
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
  const before = quantisationOf(`${from.name}: ${source}config.json`, config);
  if (before)
    throw new EngineError("model-config", `${from.name} has its weights in ${before.bits} bits already.`, {
      hint: "Convert the checkpoint that they were made of.",
    });
  const shards = await openWeights(from, source, manifest, {});
  try {
    const entries = shards.flatMap((shard) => shard.entries.map((entry) => ({ shard, entry })));
    const all = entries.map(({ entry }) => entry);
    const bits = bitsOf(dtype);
    const linear = bits ? await linearWeights(config, all) : new Set<string>();
    const planned = entries.map(({ shard, entry }) => ({
      shard,
      entry,
      bits: goesToBlocks(entry, linear) ? bits : undefined,
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
      for (const { shard, entry, bits: few } of group) {
        parts.push(...converted(shard.where, entry, await shard.bytesOf(entry), few, difference));
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
    const some = planned.some((one) => one.bits);
    const error = some ? Math.sqrt(squared / (magnitude || 1)) : undefined;
    const quantised = { quant_method: quantMethod, bits, block_size: blockSize, relative_error: error };
    await saveJson(`${folder}config.json`, some ? { ...config, quantization_config: quantised } : config);
    return { error, parameters: all.reduce((sum, { dims }) => sum + sizeOf(dims), 0) };
  } finally {
    for (const shard of shards) await shard.close();
  }
};
