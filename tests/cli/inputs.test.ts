import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readSafetensors, writeSafetensors } from "../../src/engine/files/safetensors.js";
import type { Tensor } from "../../src/engine/tensor.js";
import { relativeError } from "../golden/fixture.js";
import { readReal } from "../golden/real.js";
import { cli } from "./cli.js";

const { folder: model, inputs, guidance, steps, tensor } = readReal("sd3-dual", "networks");

const prefixed = (prefix: string, tensors: Readonly<Record<string, Tensor>> = {}) =>
  Object.entries(tensors).map(([name, value]) => [prefix + name, value] as const);
const all = [["noise", inputs.noise] as const, ...prefixed("", inputs.cond), ...prefixed("uncond.", inputs.uncond)];

/** A run of tensors in a file. */
const runOf = async (tensors: readonly (readonly [string, Tensor])[]) => {
  const folder = await mkdtemp(join(tmpdir(), "inputs-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [file, out] = [join(folder, "inputs.safetensors"), join(folder, "out.safetensors")];
  await writeFile(file, writeSafetensors(tensors));
  const said = await cli(
    ...["run", "--model", model, "--inputs", file, "--out", out],
    ...["--steps", String(steps), "--guidance", String(guidance)],
  );
  return { ...said, out };
};

test("--inputs takes every condition by its name, those of the unconditional branch behind a prefix", async () => {
  expect(all.map(([name]) => name)).toEqual(["noise", "text", "pooled", "uncond.text", "uncond.pooled"]);
  const { code, stderr, out } = await runOf(all);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  const found = readSafetensors(await readFile(out)).get("sample")?.data as Float32Array;
  expect(relativeError(found, tensor("none.sample").data)).toBeLessThan(1e-4);
});

test.each([
  ["one that is missing", all.filter(([name]) => name !== "uncond.pooled"), /The input "pooled" is missing/],
  [
    "one that is misspelt",
    all.map(([name, value]) => [name.replace("text", "txt"), value] as const),
    /has no condition "txt"/,
  ],
])("--inputs with %s is refused", async (_, tensors, said) => {
  const { code, stderr } = await runOf(tensors);
  expect(code).toBe(1);
  expect(stderr).toMatch(said);
  expect(stderr).toMatch(/\[input-invalid\]\n$/);
});
