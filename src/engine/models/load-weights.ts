import { EngineError, shown } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { expectedOf, type Json, jsonReader } from "./json-files.js";
import type { Manifest } from "./manifest.js";
import { type OpenShard, openShard, readShard } from "./read-shard.js";
import type { Files, Retry } from "./source.js";

/** Bytes of the weights, over all files; `total` grows while the size of a file is not known yet. */
export interface LoadProgress {
  readonly loaded: number;
  readonly total: number;
  readonly file: string;
  /** There when the file's download was interrupted and is about to be tried again. */
  readonly retry?: Retry;
}

export interface LoadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
}

const single = "diffusion_pytorch_model.safetensors";

const invalidIndex = (where: string, why: string) =>
  new EngineError("file-invalid", `${where} is not a valid index of shards: ${why}.`, {
    hint: "Save the checkpoint again with diffusers, or copy all of its files from one place.",
  });

/** Which tensors each shard must hold, by the shard's name. */
const shardsOf = (where: string, { weight_map: map }: Json): Map<string, string[]> => {
  if (typeof map !== "object" || map === null || Array.isArray(map) || Object.keys(map).length === 0)
    throw invalidIndex(where, "weight_map names no tensors");
  const shards = new Map<string, string[]>();
  for (const [tensor, file] of Object.entries(map)) {
    // A plain file name: an index must not reach out of its folder.
    if (typeof file !== "string" || !/^[\w-][\w.-]*\.safetensors$/.test(file))
      throw invalidIndex(where, `tensor "${tensor}" lies in ${shown(file)}`);
    const held = shards.get(file) ?? [];
    held.push(tensor);
    shards.set(file, held);
  }
  return shards;
};

/** Sums up the progress of several files. */
const progressOf = (folder: string, names: readonly string[], manifest: Manifest | undefined, options: LoadOptions) => {
  const files = new Map(
    names.map((name) => [name, { loaded: 0, total: expectedOf(manifest, folder + name)?.bytes ?? 0 }]),
  );
  const sum = (key: "loaded" | "total") => [...files.values()].reduce((bytes, part) => bytes + part[key], 0);
  const report = (file: string, retry?: Retry): void =>
    options.onProgress?.({
      loaded: sum("loaded"),
      total: sum("total"),
      file: folder + file,
      ...(retry ? { retry } : {}),
    });
  return (file: string) => ({
    onProgress(loaded: number, total: number) {
      files.set(file, { loaded, total: Math.max(loaded, total) });
      report(file);
    },
    onRetry: (retry: Retry) => report(file, retry),
  });
};

/** The files of a network's weights, each with the tensors that an index says it holds. */
const shardsIn = async (files: Files, folder: string, manifest: Manifest | undefined, signal?: AbortSignal) => {
  const indexPath = `${folder}${single}.index.json`;
  const where = `${files.name}: ${indexPath}`;
  const index = await jsonReader(files, manifest, signal).optional(indexPath);
  const shards: ReadonlyMap<string, readonly string[]> = index ? shardsOf(where, index) : new Map([[single, []]]);
  const expectHeld = (name: string, found: { has(tensor: string): boolean }): void => {
    const missing = shards.get(name)?.find((tensor) => !found.has(tensor));
    if (missing !== undefined) throw invalidIndex(where, `${name} does not hold tensor "${missing}"`);
  };
  /** The better error where weights of another kind stand in the folder. */
  const explained = async (error: unknown): Promise<unknown> => {
    const lacking = error instanceof EngineError && error.code === "file-missing" && !index;
    if (!lacking) return error;
    const { insteadOf } = await import("./instead-of-weights.js");
    return (await insteadOf(files, folder, manifest, single)) ?? error;
  };
  const twice = (tensor: string): EngineError => invalidIndex(where, `tensor "${tensor}" lies in two shards`);
  return { names: [...shards.keys()], expectHeld, explained, twice };
};

/**
 * The files of a network's weights, open: tensors are read when they are asked for. Close each.
 *
 * @param folder "" or a path that ends in "/"
 * @throws EngineError as `Files.read`; "file-invalid"
 */
export const openWeights = async (
  files: Files,
  folder: string,
  manifest: Manifest | undefined,
  options: LoadOptions,
): Promise<readonly OpenShard[]> => {
  const { names, expectHeld, explained, twice } = await shardsIn(files, folder, manifest, options.signal);
  const progress = progressOf(folder, names, manifest, options);
  const [opened, held]: [OpenShard[], Set<string>] = [[], new Set()];
  try {
    for (const name of names) {
      const expected = expectedOf(manifest, folder + name);
      const reading = { signal: options.signal, ...progress(name), expected };
      const shard = await openShard(files, folder + name, reading).catch(async (error: unknown) => {
        throw await explained(error);
      });
      opened.push(shard);
      const tensors = new Set(shard.entries.map((entry) => entry.name));
      expectHeld(name, tensors);
      for (const tensor of tensors) if (held.size === held.add(tensor).size) throw twice(tensor);
    }
    return opened;
  } catch (error) {
    for (const shard of opened) await shard.close();
    throw error;
  }
};

/**
 * All tensors of a network's folder; shards are read side by side.
 *
 * @param folder "" or a path that ends in "/"
 */
export const loadWeights = async (
  files: Files,
  folder: string,
  manifest: Manifest | undefined,
  options: LoadOptions,
): Promise<Map<string, Tensor>> => {
  const { names, expectHeld, explained, twice } = await shardsIn(files, folder, manifest, options.signal);
  const progress = progressOf(folder, names, manifest, options);

  // One failing shard stops the others: nothing goes on downloading for a load that has failed.
  const group = new AbortController();
  const abort = () => group.abort();
  options.signal?.addEventListener("abort", abort);
  let failure: unknown;
  const loadShard = async (name: string) => {
    const path = folder + name;
    try {
      if (options.signal?.aborted) abort();
      const expected = expectedOf(manifest, path);
      const reading = { signal: group.signal, ...progress(name), expected };
      const found = await readShard(files, path, reading).catch(async (error: unknown) => {
        throw await explained(error);
      });
      expectHeld(name, found);
      return found;
    } catch (error) {
      failure ??= error;
      abort();
      throw error;
    }
  };
  const settled = await Promise.allSettled(names.map(loadShard));
  options.signal?.removeEventListener("abort", abort);
  if (failure !== undefined) throw failure;

  const weights = new Map<string, Tensor>();
  for (const shard of settled)
    for (const [name, tensor] of shard.status === "fulfilled" ? shard.value : []) {
      if (weights.has(name)) throw twice(name);
      weights.set(name, tensor);
    }
  return weights;
};
