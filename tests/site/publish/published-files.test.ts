import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { offlineFiles, publishedFiles } from "../../../site/publish/published-files.js";

const root = mkdtempSync(join(tmpdir(), "published-"));
afterAll(() => rmSync(root, { recursive: true }));

test("pages by their paths, files with the beginning of their hash, and neither weights nor what only others read", () => {
  mkdirSync(join(root, "guide"));
  mkdirSync(join(root, "models"));
  const worker = "before\nconst published = {};\nafter";
  for (const [file, text] of [
    ["guide/index.html", "<p>"],
    ["a.js", "abc"],
    ["models/w.safetensors", "w"],
    ["llms.txt", "l"],
    ["service-worker.js", worker],
  ] as const)
    writeFileSync(join(root, file), text);
  // SHA-256 of "abc", FIPS 180-2: ba7816bf 8f01cfea 414140de …
  const expected = {
    "a.js": Buffer.from("ba7816bf8f01cfea414140de", "hex").toString("base64").slice(0, 12),
    "guide/index.html": "",
  };
  expect(publishedFiles(root)).toEqual(expected);
  offlineFiles().hooks["astro:build:done"]({ dir: pathToFileURL(`${root}/`) });
  expect(() => offlineFiles().hooks["astro:build:done"]({ dir: pathToFileURL(`${root}/`) })).toThrow(/has no place/);
});
