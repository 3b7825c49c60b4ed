import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Zippable, zipSync } from "fflate";
import { modelPath } from "../model/model.js";
import { lockedFor } from "./locked.js";

const json = async (file: string) => JSON.parse(await readFile(file, "utf8"));

/** The package as `npm pack` makes it, compiled anew. */
const packed = async (): Promise<{ name: string; bytes: Uint8Array }> => {
  const folder = await mkdtemp(join(tmpdir(), "diffusion-cache-pack-"));
  try {
    await promisify(execFile)("npm", ["pack", "--pack-destination", folder], { shell: process.platform === "win32" });
    const [name = ""] = await readdir(folder);
    return { name, bytes: await readFile(join(folder, name)) };
  } finally {
    await rm(folder, { recursive: true });
  }
};

const filesIn = async (folder: string): Promise<Record<string, Uint8Array>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(
      files.map(async (file) => [file.slice(folder.length + 1).replaceAll("\\", "/"), await readFile(file)] as const),
    ),
  );
};

/** starter/ with the package, a lock file and the first model: unzip, `npm install`, `npm run dev`. */
export const starterZip = async (): Promise<Uint8Array<ArrayBuffer>> => {
  const root = process.cwd();
  const [tarball, own, starter, lock, program, model] = await Promise.all([
    packed(),
    json(join(root, "package.json")),
    json(join(root, "starter/package.json")),
    json(join(root, "package-lock.json")),
    filesIn(join(root, "starter")),
    filesIn(join(root, "site/public", modelPath)),
  ]);
  const manifest = { ...starter, dependencies: { ...starter.dependencies, [own.name]: `file:${tarball.name}` } };
  const packages = {
    "": manifest,
    ...lockedFor(lock.packages, [...Object.keys(own.dependencies), ...Object.keys(starter.devDependencies)]),
    [`node_modules/${own.name}`]: {
      version: own.version,
      resolved: `file:${tarball.name}`,
      integrity: `sha512-${createHash("sha512").update(tarball.bytes).digest("base64")}`,
      license: own.license,
      dependencies: own.dependencies,
      bin: own.bin,
      engines: own.engines,
    },
  };
  const text = (value: unknown) => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
  const at = (prefix: string, files: Record<string, Uint8Array>): Zippable =>
    // Weights do not get smaller.
    Object.fromEntries(
      Object.entries(files).map(([name, bytes]) => [prefix + name, [bytes, { level: bytes.length > 1e6 ? 0 : 9 }]]),
    );
  const { name, version } = manifest;
  return zipSync({
    ...at("diffusion-cache-starter/", {
      ...program,
      "package.json": text(manifest),
      "package-lock.json": text({ name, version, lockfileVersion: 3, requires: true, packages }),
      [tarball.name]: tarball.bytes,
    }),
    ...at(`diffusion-cache-starter/public/${modelPath}/`, model),
  });
};
