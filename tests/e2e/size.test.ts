import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";

const built = "dist/site/_astro";
const named = (pattern: RegExp): string[] => readdirSync(built).filter((file) => pattern.test(file));
const packed = (file: string): number => gzipSync(readFileSync(join(built, file)), { level: 9 }).length;

/** A script and all scripts that come with it, onnxruntime's apart; what it loads on demand does not. */
const withImports = (file: string, found = new Set<string>()): Set<string> => {
  if (found.has(file)) return found;
  found.add(file);
  const text = readFileSync(join(built, file), "utf8");
  for (const [, other] of text.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g))
    if (!other?.startsWith("ort")) withImports(other as string, found);
  return found;
};
const sizeOf = (files: Iterable<string>): number => [...files].reduce((sum, file) => sum + packed(file), 0);

it("the engine with any one architecture is at most 82 kB compressed, without onnxruntime", () => {
  const [worker, ...more] = named(/^serve-here-.*\.js$/);
  expect(more).toEqual([]);
  const alone = withImports(worker as string);
  const source = readFileSync("src/engine/architectures/index.ts", "utf8");
  const names = [...new Set([...source.matchAll(/import\("\.\/([\w-]+)\.js"\)/g)].map(([, name]) => name as string))];
  expect(names.length).toBeGreaterThanOrEqual(14);
  // Each is a script of its own, which the worker does not bring: "flux" is none of "flux2".
  const sizes = names.map((name) => {
    const [chunk, ...others] = named(new RegExp(`^${name}-[\\w-]{8}\\.js$`));
    expect([chunk, others], name).toEqual([expect.any(String), []]);
    expect(alone.has(chunk as string), name).toBe(false);
    return sizeOf(withImports(chunk as string, new Set(alone)));
  });
  const total = Math.max(...sizes);
  console.info(`the engine's worker: ${sizeOf(alone)} bytes compressed, ${total} with the largest architecture`);
  expect(sizeOf(alone)).toBeGreaterThan(10_000); // else this is not the engine
  expect(total).toBeLessThanOrEqual(82_000);
});

it("ships onnxruntime without WebGPU and with it, in files that every static host takes", () => {
  const runtimes = named(/\.wasm$/).map((file) => file.replace(/\.[\w-]+\.wasm$/, ""));
  expect(runtimes.toSorted()).toEqual(["ort-wasm-simd-threaded", "ort-wasm-simd-threaded.jspi"]);
  const files = readdirSync("dist/site", { recursive: true, encoding: "utf8" }).map((file) => join("dist/site", file));
  const large = files.filter((file) => statSync(file).isFile() && statSync(file).size > 25 * 2 ** 20);
  expect(large).toEqual([]);
});
