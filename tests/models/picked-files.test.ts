import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { isPicked, type Picked } from "../../src/engine/models/picked.js";
import { filesOf, pickedFiles } from "../../src/engine/models/picked-files.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { engineRejection } from "../error.js";
import { fixtureFolder } from "../golden/fixture.js";
import { readReal } from "../golden/real.js";

const folder = fixtureFolder("real/dit");

/** A folder as an input with `webkitdirectory` gives it: one list, each file with its path from the picked folder on. */
const list = (root: string, name: string): Picked =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const file = new File([readFileSync(path)], entry.name);
      return Object.defineProperty(file, "webkitRelativePath", { value: name + path.slice(root.length) });
    });

test.each(["dit", "downloads/models/dit"])("a model runs from a picked folder, where it lies in %s", async (name) => {
  const { steps, guidance, inputs } = readReal("dit");
  const run = async (model: string | Picked) => {
    const engine = await createEngine({ model, backend: "wasm" });
    const { latents } = await engine.generate({ steps, guidance, inputs });
    await engine.dispose();
    return latents.data;
  };
  expect(await run(list(folder, name))).toEqual(await run(folder));
});

test("a directory handle gives its files too, and what a worker is sent can be cloned", async () => {
  const handle = (path: string): Picked & { name: string } =>
    ({
      kind: "directory",
      name: basename(path),
      async *values() {
        for (const entry of readdirSync(path, { withFileTypes: true })) {
          const inside = join(path, entry.name);
          if (entry.isDirectory()) yield handle(inside);
          else
            yield { kind: "file", name: entry.name, getFile: async () => new File([readFileSync(inside)], entry.name) };
        }
      },
    }) as never;
  const found = await filesOf(handle(folder));
  expect([...found.keys()].sort()).toEqual([...(await filesOf(list(folder, "x"))).keys()].sort());
  const cloned = structuredClone(found);
  expect(new TextDecoder().decode(await pickedFiles(cloned).read("transformer/config.json"))).toBe(
    readFileSync(join(folder, "transformer/config.json"), "utf8"),
  );
});

test("a folder without a model is refused by what it has", async () => {
  const error = await engineRejection("file-missing", createEngine({ model: list(join(folder, "scheduler"), "s") }));
  expect(error.message).toContain("neither transformer/config.json nor config.json");
});

test.each([[[]], [{}], [[1, 2]], [new Map([["a", 1]])], [null], [7]])("%j is nothing that was picked", (given) => {
  expect(isPicked(given)).toBe(false);
});
