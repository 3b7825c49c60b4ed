import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { softwareVulkan } from "../../scripts/chromium.mjs";
import { readSafetensors } from "../../src/engine/files/safetensors.js";
import { fixtureFolder, relativeError } from "../golden/fixture.js";

// WebGPU in Node: Dawn from the optional package, on the software driver that Chromium brings.

const latte = fixtureFolder("latte-a");
let folder: string;

/** A process of Node with this driver. It must end by itself. */
const node = (args: readonly string[], driver: Readonly<Record<string, string>> = softwareVulkan()) =>
  promisify(execFile)(process.execPath, [...args], { encoding: "utf8", env: { ...process.env, ...driver } }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
  );

/** A short run of the command, with reused steps in it. */
const run = (backend: string, out: string, ...more: Parameters<typeof node>[1][]) => {
  const model = ["--model", latte, "--scheduler", `${latte}/scheduler-ddim`];
  const request = ["--inputs", `${latte}/reference.safetensors`, "--guidance", "3", "--steps", "3"];
  const method = ["--method", "fora", "--options", '{"interval":2}'];
  const rest = ["--backend", backend, "--out", join(folder, out), "--json"];
  return node(["bin/diffusion-cache.mjs", "run", ...model, ...request, ...method, ...rest], ...more);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "diffusion-cache-node-gpu-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("the command makes on WebGPU what it makes on WASM", async () => {
  const [gpu, wasm] = [await run("webgpu", "gpu.safetensors"), await run("wasm", "wasm.safetensors")];
  expect(gpu, gpu.stderr).toMatchObject({ code: 0 });
  expect(wasm, wasm.stderr).toMatchObject({ code: 0 });
  const [traced, expected] = [JSON.parse(gpu.stdout), JSON.parse(wasm.stdout)];
  expect(traced.backend).toEqual({
    name: "webgpu",
    description: expect.stringMatching(/^WebGPU, .*, captured graphs$/),
  });
  expect(traced.sites).toEqual(expected.sites);
  const [made, wanted] = await Promise.all(
    ["gpu.safetensors", "wasm.safetensors"].map(async (name) => readSafetensors(await readFile(join(folder, name)))),
  );
  for (const name of ["sample", "predictions"])
    expect(relativeError(made?.get(name)?.data as Float32Array, wanted?.get(name)?.data as Float32Array)).toBeLessThan(
      1e-4,
    );
});

test("a program that asks for WebGPU gets it, says why, and ends by itself", async () => {
  const program = join(folder, "program.mjs");
  await writeFile(
    program,
    `import { createEngine } from ${JSON.stringify(new URL("../../dist/lib/index.js", import.meta.url).href)};
     const engine = await createEngine({ model: ${JSON.stringify(latte)}, backend: "webgpu" });
     await engine.dispose();
     console.log(JSON.stringify(engine.device));`,
  );
  const { code, stdout, stderr } = await node([program]);
  expect(code, stderr).toBe(0);
  const { backend, ladder } = JSON.parse(stdout);
  expect(backend).toBe("webgpu");
  expect(ladder.at(-1)).toMatchObject({ taken: true, reason: expect.stringMatching(/agrees with WASM to/) });
});

test.runIf(process.platform === "linux")("without a driver one line says so, and no file is written", async () => {
  const { code, stdout, stderr } = await run("webgpu", "never.safetensors", { VK_ICD_FILENAMES: "/nowhere.json" });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  // Dawn says on standard error what it misses, before the command does.
  expect(stderr.trim().split("\n").at(-1)).toMatch(/^diffusion-cache: There is no GPU adapter.*\[backend-missing\]$/);
  await expect(readFile(join(folder, "never.safetensors"))).rejects.toThrow("ENOENT");
});
