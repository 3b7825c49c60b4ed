import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { architectureOf } from "../../src/engine/architectures/index.js";
import { sitesOf } from "../../src/engine/cache/sites-of.js";
import { partialCalibration } from "../../src/engine/calibrate/calibration.js";
import { optionsOf } from "../../src/engine/cli/options.js";
import { readSafetensors } from "../../src/engine/files/safetensors.js";
import { openFiles } from "../../src/engine/models/files.js";
import { manifestFromJson } from "../../src/engine/models/manifest.js";
import { presetsFromJson } from "../../src/engine/models/presets.js";
import { loadCheckpoint } from "../../src/engine/run/checkpoint.js";
import { vocabularyFromJson } from "../../src/engine/text/vocabulary.js";
import { reported } from "./make.mjs";

interface Expected {
  /** Where it was reported. */
  readonly entry: string;
  readonly code?: string;
  readonly says?: string;
  readonly value?: unknown;
}

const here = "tests/reported";
const json = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

/** Who reads each kind of input. */
const readers: Readonly<Record<string, (path: string) => unknown>> = {
  calibration: (path) => partialCalibration(json(path), path),
  config: (path) => sitesOf(json(path)),
  manifest: (path) => manifestFromJson(json(path), path),
  model: async (path) => loadCheckpoint(await openFiles(path)),
  network: async (path) => (await architectureOf(json(path))).shape(json(path)),
  options: (path) => optionsOf(readFileSync(path, "utf8")),
  presets: (path) => presetsFromJson(json(path), path),
  safetensors: (path) => readSafetensors(new Uint8Array(readFileSync(path)), path),
  vocabulary: (path) => vocabularyFromJson(json(path)),
};

describe.each(Object.keys(readers))("%s", (kind) => {
  const expected = json(join(here, kind, "expected.json")) as Readonly<Record<string, Expected>>;
  test.each(Object.entries(expected))("%s", async (name, { code, says, value }) => {
    const read = async () => readers[kind]?.(join(here, kind, name));
    if (code === undefined) {
      const found = await read();
      return value === undefined ? expect(found).toBeDefined() : expect(found).toEqual(value);
    }
    const error: unknown = await read().then(
      () => "it was taken",
      (refused: unknown) => refused,
    );
    expect(error).toMatchObject({ name: "EngineError", code, message: expect.stringContaining(says ?? "") });
    expect((error as Error).message).toMatch(/^[^\n]{1,1600}$/);
  });
});

test("every input is small, and what make.mjs writes", () => {
  const files = readdirSync(here, { recursive: true, encoding: "utf8" }).filter((file) =>
    statSync(join(here, file)).isFile(),
  );
  for (const file of files) expect(statSync(join(here, file)).size, file).toBeLessThan(50_000);
  for (const [kind, inputs] of Object.entries(reported))
    for (const [name, [content]] of Object.entries(inputs))
      if (content !== undefined)
        expect(readFileSync(join(here, kind, name)).equals(Buffer.from(content)), name).toBe(true);
});
