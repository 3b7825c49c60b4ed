import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ort from "onnxruntime-web";
import { afterAll, describe, expect, test } from "vitest";
import type { Handle } from "../../src/engine/backends/backend.js";
import { wasmBackend } from "../../src/engine/backends/wasm.js";
import { methodFromName } from "../../src/engine/cache/methods/index.js";
import { readSafetensors, writeSafetensors } from "../../src/engine/files/safetensors.js";
import { graphBuilder } from "../../src/engine/graph/builder.js";
import { type WeightStore, weightStore } from "../../src/engine/graph/weights.js";
import { openFiles } from "../../src/engine/models/files.js";
import { readShard } from "../../src/engine/models/read-shard.js";
import { randn } from "../../src/engine/random.js";
import { loadCheckpoint } from "../../src/engine/run/checkpoint.js";
import { engineOf } from "../../src/engine/run/engine-of.js";
import { fixtureFolder, relativeError } from "../golden/fixture.js";
import { readReal } from "../golden/real.js";

// Large networks give their weights to every graph as they are stored; here small ones are made to.

const device = { backend: "wasm", description: "WebAssembly", ladder: [] } as const;

describe.each([
  ["float32", "sd3", "real"],
  ["float16", "dit-wide", "networks"],
  ["float16", "wan-plain", "networks"],
] as const)("%s weights of %s, shared by all graphs", (_, name, room) => {
  const fixture = readReal(name, room);
  const run = async (method: string | null, options = {}) => {
    const engine = await engineOf(await loadCheckpoint(await openFiles(fixture.folder)), wasmBackend(ort, 0), device);
    const { inputs, steps, guidance } = fixture;
    const cache = method === null ? [] : [methodFromName(method, options)];
    const result = await engine.generate({ inputs, steps, guidance, cache, predictions: true });
    await engine.dispose();
    return result;
  };

  test("predict what diffusers predicts", async () => {
    const { predictions = [] } = await run(null);
    const wanted = fixture.tensor("none.predictions").data;
    expect(predictions).toHaveLength(fixture.steps);
    for (const [step, prediction] of predictions.entries())
      expect(relativeError(prediction, wanted, step, fixture.steps)).toBeLessThan(1e-4);
  });
});

test("weights that come in are counted once, however many graphs read them", async () => {
  const g = (key: string, store: WeightStore) => {
    const graph = graphBuilder(store);
    graph.output("y", graph.linear(graph.input("x", [1, 200]), "layer"));
    return graph.finish(key);
  };
  const weight = { dims: [100, 200], data: new Float32Array(20_000).fill(0.5) };
  const store = weightStore(new Map([["layer.weight", weight]]));
  const [shared, owned] = [wasmBackend(ort, 0), wasmBackend(ort)];
  for (const backend of [shared, owned]) for (const key of ["a", "b", "c"]) await backend.compile(g(key, store));
  expect(shared.bytes().weights).toBe(80_000);
  expect(owned.bytes().weights).toBe(3 * 80_000);
  for (const backend of [shared, owned]) await backend.dispose();
});

test("halves that come in give what a session's own float32 gives", async () => {
  const random = (seed: number, dims: readonly number[]) => ({ dims, data: randn(seed, [...dims]).data });
  const file = writeSafetensors([
    ["wide.weight", { ...random(1, [160, 128]), dtype: "F16" }],
    ["wide.bias", { ...random(2, [160]), dtype: "F16" }],
    ["conv.weight", { ...random(3, [128, 16, 3, 3]), dtype: "F16" }],
  ]);
  const store = weightStore(readSafetensors(file));
  const graph = graphBuilder(store);
  const image = graph.input("image", [1, 16, 5, 4]);
  const tall = graph.node("Conv", [image, graph.weight("conv.weight")], [1, 128, 3, 2], { kernel_shape: [3, 3] });
  const rows = graph.transpose(graph.reshape(tall, [1, 128, 6]), [0, 2, 1]);
  graph.output("y", graph.linear(rows, "wide")); // of three axes, with a bias
  graph.output("z", graph.linear(graph.reshape(rows, [6, 128]), "wide", false));
  const both = graph.finish("halves");
  expect(both.entering("stored")).toEqual(["conv.weight", "wide.weight"]);
  const outputs = async (shareFrom?: number) => {
    const backend = wasmBackend(ort, shareFrom);
    const inputs = new Map([["image", backend.upload(random(4, [1, 16, 5, 4]))]]);
    const results = await backend.run(await backend.compile(both), inputs, new Set());
    const { weights } = backend.bytes();
    return {
      weights,
      y: await backend.read(results.get("y") as Handle),
      z: await backend.read(results.get("z") as Handle),
    };
  };
  const [shared, owned] = [await outputs(0), await outputs()];
  expect(shared.weights).toBe(2 * (160 * 128 + 128 * 16 * 9) + 4 * 160);
  expect(relativeError(shared.y, owned.y)).toBeLessThan(1e-5);
  expect(relativeError(shared.z, owned.z)).toBeLessThan(1e-5);
  expect(relativeError(shared.y, shared.z)).toBeGreaterThan(1e-3); // the bias counts
});

describe("a file that is read tensor by tensor", () => {
  const folder = mkdtempSync(join(tmpdir(), "shard-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const source = `${fixtureFolder("networks/dit-wide")}/transformer/diffusion_pytorch_model.safetensors`;
  const bytes = readFileSync(source);
  writeFileSync(join(folder, "whole.safetensors"), bytes);
  writeFileSync(join(folder, "cut.safetensors"), bytes);
  truncateSync(join(folder, "cut.safetensors"), bytes.length - 2);
  writeFileSync(join(folder, "short.safetensors"), bytes.subarray(0, 5));
  const sha256 = async () => Buffer.from(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes))).toString("hex");

  test("has the tensors of the file read whole, and says how far it is", async () => {
    const files = await openFiles(folder);
    const progress: number[] = [];
    const expected = { bytes: bytes.length, sha256: await sha256() };
    const options = { expected, onProgress: (loaded: number) => progress.push(loaded) };
    const parts = await readShard(files, "whole.safetensors", options, 0);
    const whole = readSafetensors(bytes);
    expect([...parts.keys()]).toEqual([...whole.keys()]);
    for (const [name, { dims, data }] of parts) {
      expect(dims).toEqual(whole.get(name)?.dims);
      expect(data).toEqual(whole.get(name)?.data);
    }
    expect(progress.at(-1)).toBe(bytes.length);
  });

  test.each([
    ["cut.safetensors", undefined, "file-invalid", "was cut short"],
    ["short.safetensors", undefined, "file-invalid", "it has 5 bytes"],
    ["none.safetensors", undefined, "file-missing", "does not exist"],
    ["cut.safetensors", { bytes: bytes.length, sha256: "0" }, "hash-mismatch", `${bytes.length - 2} bytes`],
    ["whole.safetensors", { bytes: bytes.length, sha256: "0".repeat(64) }, "hash-mismatch", "SHA-256"],
  ])("%s with the manifest's %j is refused", async (file, expected, code, message) => {
    const reading = readShard(await openFiles(folder), file, { expected }, 0);
    await expect(reading).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test("a load that is stopped ends between two tensors", async () => {
    const reading = readShard(await openFiles(folder), "whole.safetensors", { signal: AbortSignal.abort() }, 0);
    await expect(reading).rejects.toMatchObject({ code: "stopped" });
  });
});
