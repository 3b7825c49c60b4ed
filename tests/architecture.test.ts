import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";

// One direction of imports, and files that one can read in a sitting.

const files = (folder: string, ending = /\.(ts|astro)$/): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => join(folder, file))
    .filter((file) => ending.test(file) && !file.includes("site/public"));

/** What a file imports, relative paths resolved from the root. */
const importsOf = (file: string): string[] =>
  [...readFileSync(file, "utf8").matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map(([, path]) =>
    path?.startsWith(".") ? normalize(join(dirname(file), path)) : (path as string),
  );

const engine = files("src/engine");
const under = (folder: string) => engine.filter((file) => file.startsWith(`src/engine/${folder}`));

describe("imports", () => {
  test("a method knows the vocabulary, its options, weight formulas and errors, nothing else", () => {
    const allowed = /^src\/engine\/(cache\/(method|options|forecast|guards|methods\/[a-z-]+)|errors)\.js$/;
    for (const file of under("cache/methods").filter((one) => !one.endsWith("index.ts")))
      for (const path of importsOf(file)) expect(path, file).toMatch(allowed);
  });

  test("the vocabulary imports nothing", () => {
    expect(importsOf("src/engine/cache/method.ts")).toEqual([]);
  });

  test("the executor knows backends by their interface", () => {
    for (const file of under("cache/"))
      for (const path of importsOf(file).filter((one) => one.includes("/backends/")))
        expect(path, file).toBe("src/engine/backends/backend.js");
  });

  test("backends and kernels know no model and no method", () => {
    for (const file of [...under("backends/"), ...under("kernels/")])
      for (const path of importsOf(file))
        expect(path, file).not.toMatch(/cache\/(?!method\.js)|models\/(?!weights\.js)/);
  });

  test("nothing in the engine imports the site, and only Node's own files import node:", () => {
    for (const file of engine)
      for (const path of importsOf(file)) {
        expect(path, file).not.toMatch(/^(site|examples)\//);
        if (path.startsWith("node:")) expect(file).toMatch(/engine\/(cli\/|models\/folder\.ts|backends\/)/);
      }
  });

  test("site and examples enter the engine by its door", () => {
    for (const file of [...files("site"), ...files("examples")])
      for (const path of importsOf(file)) expect(path, file).not.toMatch(/src\/engine\/(?!index)/);
  });
});

test("no source file is longer than 300 lines", () => {
  for (const file of [...engine, ...files("site"), ...files("examples"), ...files("tests", /\.ts$/)])
    expect(readFileSync(file, "utf8").split("\n").length, file).toBeLessThanOrEqual(301);
});

test("the version is the package's, and onnxruntime-web the pinned one", async () => {
  const manifest = JSON.parse(readFileSync("package.json", "utf8"));
  const { version, onnxruntimeVersion } = await import("../src/engine/version.js");
  expect(version).toBe(manifest.version);
  expect(onnxruntimeVersion).toBe(manifest.dependencies["onnxruntime-web"]);
});
