import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";

const built = "dist/site/_astro";
const named = (pattern: RegExp): string[] => readdirSync(built).filter((file) => pattern.test(file));
const packed = (file: string): number => gzipSync(readFileSync(join(built, file)), { level: 9 }).length;

/** A script and all scripts that it imports, onnxruntime's apart. */
const withImports = (file: string, found = new Set<string>()): Set<string> => {
  if (found.has(file)) return found;
  found.add(file);
  for (const other of named(/\.js$/))
    if (!other.startsWith("ort") && readFileSync(join(built, file), "utf8").includes(other)) withImports(other, found);
  return found;
};

it("the engine is at most 80 kB compressed, without onnxruntime", () => {
  const [worker, ...more] = named(/^server-.*\.js$/);
  expect(more).toEqual([]);
  const sizes = [...withImports(worker as string)].map((file) => [file, packed(file)] as const);
  const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
  console.info(`the engine's worker: ${total} bytes compressed in ${sizes.length} files`);
  expect(total).toBeGreaterThan(10_000); // else this is not the engine
  expect(total).toBeLessThanOrEqual(80_000);
});

it("ships onnxruntime without WebGPU and with it, in files that every static host takes", () => {
  const runtimes = named(/\.wasm$/).map((file) => file.replace(/\.[\w-]+\.wasm$/, ""));
  expect(runtimes.toSorted()).toEqual(["ort-wasm-simd-threaded", "ort-wasm-simd-threaded.jspi"]);
  const files = readdirSync("dist/site", { recursive: true, encoding: "utf8" }).map((file) => join("dist/site", file));
  const large = files.filter((file) => statSync(file).isFile() && statSync(file).size > 25 * 2 ** 20);
  expect(large).toEqual([]);
});
