import { EngineError } from "../errors.js";
import { downloads, under } from "./downloads.js";
import { type FileCache, fileCache } from "./file-cache.js";
import type { HubAddress } from "./hub-address.js";
import { type HubListing, hubListing, hubRefusal } from "./hub-listing.js";
import { jsonReader } from "./json-files.js";
import { type Files, inPartsFrom, type OpenFile, type ReadOptions } from "./source.js";

export interface HubOptions {
  readonly cache?: FileCache;
  /** Opens a file that is downloaded to a disk first; where it gives none, and by default, files come into memory. */
  readonly open?: (base: string, path: string, options: ReadOptions) => Promise<OpenFile | undefined>;
  /** What every run should say of the files; it may grow. */
  readonly notes?: readonly string[];
}

// What the engine may read of a repository; the rest (text encoders, pictures, other formats) is not downloaded.
const read =
  /^(((transformer|vae)\/)?(config\.json|[\w-][\w.-]*\.safetensors\.index\.json|[\w-][\w.-]*\.safetensors)|scheduler\/scheduler_config\.json|scheduler_config\.json|model_index\.json|text\/vocabulary\.json|calibration\.json|presets\.json)$/;
const weights = /diffusion_pytorch_model\.safetensors$|diffusion_pytorch_model-\d+(-of-\d+)?\.safetensors$/;

/** Of the files of a folder those that a load reads: of each network its shards, or its single file. */
const wanted = (files: HubListing["files"]): HubListing["files"] => {
  const has = (path: string): boolean => files.some((file) => file.path === path);
  const inside = has("transformer/config.json");
  return files.filter(({ path }) => {
    if (!read.test(path) || (inside && /^(config\.json|[^/]*\.safetensors.*)$/.test(path))) return false;
    if (!path.endsWith(".safetensors")) return true;
    const folder = path.slice(0, path.lastIndexOf("/") + 1);
    const single = `${folder}diffusion_pytorch_model.safetensors`;
    return weights.test(path) && (path === single) !== has(`${single}.index.json`);
  });
};

/**
 * The files of a repository on the Hub, at the commit that its revision stands for when the first of them is read. Its
 * listing stands for the manifest: sizes are known before anything is downloaded, and every file is held against its hash
 * and kept by it.
 */
export const hubFiles = (address: HubAddress, { cache = fileCache(), open, notes }: HubOptions = {}): Files => {
  const { origin, repository, folder, revision } = address;
  const name = `hub:${repository}${revision === "main" ? "" : `@${revision}`}${folder ? `/${folder}` : ""}`;
  const repositoryAt = (commit: string): string => `${origin}/${repository}/resolve/${commit}/${folder}`;
  let listing: Promise<{ readonly base: string; readonly files: HubListing["files"] }> | undefined;
  const listed = ({ signal }: ReadOptions) => {
    listing ??= hubListing(address, cache, { signal }).then(
      ({ commit, files }) => ({
        base: repositoryAt(commit),
        files: files.flatMap((file) =>
          file.path.startsWith(folder) ? [{ ...file, path: file.path.slice(folder.length) }] : [],
        ),
      }),
      (error: unknown) => {
        listing = undefined; // asked again by the next read
        throw error;
      },
    );
    return listing;
  };
  const whole = async (base: string, path: string, options: ReadOptions): Promise<Uint8Array<ArrayBuffer>> => {
    const file = await open?.(base, path, options);
    if (!file) return downloads(base, { cache, explain: hubRefusal(address) }).read(path, options);
    try {
      return await file.read(0, file.bytes);
    } finally {
      await file.close();
    }
  };
  /** What the listing says, beside what a manifest in the repository knows more than it. */
  const manifest = async (options: ReadOptions): Promise<Uint8Array<ArrayBuffer>> => {
    const { base, files } = await listed(options);
    const expected = files.find(({ path }) => path === "manifest.json");
    const one: Files = { name, read: (path, more) => whole(base, path, { ...more, expected }) };
    const said = expected && (await jsonReader(one, undefined, options.signal).optional("manifest.json"));
    const json = { name: repository, ...said, files: wanted(files) };
    return new TextEncoder().encode(JSON.stringify(json));
  };
  /** Where a file is read from, and what its listing says of it. */
  const found = async (path: string, options: ReadOptions) => {
    const { base, files } = await listed(options);
    const expected = options.expected ?? files.find((file) => file.path === path);
    if (!expected)
      throw new EngineError("file-missing", `${name} has no ${path}.`, {
        hint: `See its files at ${origin}/${repository}/tree.`,
      });
    return [base, path, { ...options, expected }] as const;
  };

  return {
    name,
    repository,
    ...(notes && { notes }),
    async read(path, options = {}) {
      if (path === "manifest.json") return manifest(options);
      return whole(...(await found(path, options)));
    },
    async list(folder) {
      const { files } = await listed({});
      return files.flatMap(({ path }) => (path.startsWith(folder) ? [path.slice(folder.length)] : []));
    },
    async open(path, options = {}) {
      const [base, name, more] = await found(path, options);
      const file = await open?.(base, name, more);
      if (file || more.expected.bytes < inPartsFrom) return file;
      const { rangeFile } = await import("./http/range-file.js");
      return rangeFile(under(base)(name), more, { explain: hubRefusal(address) });
    },
  };
};
