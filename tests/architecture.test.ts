import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";

// One direction of imports, and files that one can read in a sitting.

const files = (folder: string, ending = /\.(ts|astro|svelte)$/): string[] =>
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

/** The room of a file below a folder; what lies in the folder itself is vocabulary (and the engine's door) and has none. */
const roomOf = (folder: string, file: string): string | undefined =>
  file.startsWith(`${folder}/`) ? file.slice(folder.length + 1).match(/^([^/]+)\//)?.[1] : undefined;

/** Rooms that import each other, directly or round about. */
const circles = (folder: string): readonly string[] => {
  const asks = new Map<string, Set<string>>();
  for (const file of files(folder)) {
    const from = roomOf(folder, file);
    if (from === undefined) continue;
    const rooms = asks.get(from) ?? new Set();
    for (const path of importsOf(file)) {
      const to = roomOf(folder, path);
      if (to !== undefined && to !== from) rooms.add(to);
    }
    asks.set(from, rooms);
  }
  for (let free: string[] = [""]; free.length > 0; ) {
    free = [...asks].filter(([, rooms]) => [...rooms].every((room) => !asks.has(room))).map(([room]) => room);
    for (const room of free) asks.delete(room);
  }
  return [...asks].map(([room, rooms]) => `${room} imports ${[...rooms].filter((one) => asks.has(one)).join(", ")}`);
};

describe("rooms", () => {
  test.each(["src/engine", "site"])("imports between the rooms of %s go one way", (folder) => {
    expect(circles(folder)).toEqual([]);
  });

  test.each(["src/engine", "site", "tests", "examples"])("no folder of %s holds more than 26 files", (folder) => {
    const counts = new Map<string, number>();
    for (const file of files(folder, /\.(ts|astro|svelte|css)$/))
      counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    expect([...counts].filter(([, count]) => count > 26)).toEqual([]);
  });
});

test("every relative import of a page's part leads to a file", () => {
  const pages = [...files("site", /\.(astro|svelte)$/), ...files("content", /\.mdx$/)];
  for (const file of pages)
    for (const path of importsOf(file).filter((one) => /^(site|src|examples|content|training|bench)\//.test(one)))
      expect(
        [path, path.replace(/\.js$/, ".ts")].some((one) => existsSync(one.replace(/\?.*$/, ""))),
        `${file}: ${path}`,
      ).toBe(true);
});

describe("imports", () => {
  test("a method knows the vocabulary, its options, weight formulas and errors, nothing else", () => {
    const allowed =
      /^src\/engine\/(cache\/(options|forecast|step-plan|jump-errors|fitted|mean-velocity|methods\/[a-z-]+)|method|errors)\.js$/;
    for (const file of under("cache/methods").filter((one) => !one.endsWith("index.ts")))
      for (const path of importsOf(file)) expect(path, file).toMatch(allowed);
  });

  test("the vocabulary imports nothing", () => {
    expect(importsOf("src/engine/method.ts")).toEqual([]);
  });

  test("the executor knows backends by their interface", () => {
    for (const file of under("cache/"))
      for (const path of importsOf(file).filter((one) => one.includes("/backends/")))
        expect(path, file).toBe("src/engine/backends/backend.js");
  });

  test("backends and kernels know no model and no method", () => {
    for (const file of [...under("backends/"), ...under("kernels/")])
      for (const path of importsOf(file)) expect(path, file).not.toMatch(/\/(cache|models|run)\//);
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
