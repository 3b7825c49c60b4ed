import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readSafetensors, writeSafetensors } from "../../src/engine/files/safetensors.js";
import { fixtureFolder, readFixture } from "../golden/fixture.js";
import { cli } from "./cli.js";

const note = 'The network does not read 1 tensor of its checkpoint: "adapter.weight".';

/** A checkpoint with a tensor too many, and arguments that run it. */
const checkpoint = async () => {
  const folder = await mkdtemp(join(tmpdir(), "notes-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp(fixtureFolder("latte-a"), folder, { recursive: true });
  const weights = join(folder, "transformer/diffusion_pytorch_model.safetensors");
  const extra = { dims: [2], data: new Float32Array(2) };
  const tensors = [...readSafetensors(new Uint8Array(await readFile(weights)))];
  const saved = tensors.map(([name, { dims, data }]) => [name, { dims, data }] as const);
  await writeFile(weights, writeSafetensors([...saved, ["adapter.weight", extra]]));
  const { tensor } = readFixture("latte-a");
  const inputs = join(folder, "inputs.safetensors");
  await writeFile(inputs, writeSafetensors(["noise", "cond"].map((name) => [name, { ...tensor(name), dtype: "F32" }])));
  const model = ["--model", folder, "--scheduler", join(folder, "scheduler-ddim")];
  return { folder, flags: [...model, "--inputs", inputs, "--guidance", "1"] };
};

test("run names the tensors that its network does not read, beside the result, and in the trace", async () => {
  const { folder, flags } = await checkpoint();
  const trace = join(folder, "trace.json");
  const { code, stdout, stderr } = await cli("run", ...flags, "--steps", "2", "--trace", trace);
  expect(stderr.trim()).toBe(note);
  expect(code).toBe(0);
  expect(stdout).toContain("2 steps in");
  expect(JSON.parse(await readFile(trace, "utf8")).notes).toEqual([note]);
});

test.each([
  ["bench", ["--method", "fora", "--repeats", "1", "--steps", "3"], "| fora"],
  ["autotune", ["--psnr", "5", "--methods", "fora", "--steps", "4"], "fora"],
  ["calibrate", ["--steps", "6"], "magRatios"],
])("%s names them once, beside what it prints", async (verb, more, printed) => {
  const { flags } = await checkpoint();
  const { code, stdout, stderr } = await cli(verb, ...flags, ...more);
  expect(stderr.trim()).toBe(note);
  expect(stdout).toContain(printed);
  expect(code).toBe(0);
});
