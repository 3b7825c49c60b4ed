import * as ort from "onnxruntime-web";
import { describe, expect, it } from "vitest";
import { failureOf } from "../../src/engine/backends/no-room.js";
import { wasmBackend } from "../../src/engine/backends/wasm.js";
import type { GenerateOptions } from "../../src/engine/engine.js";
import { graphBuilder } from "../../src/engine/graph/builder.js";
import { weightStore } from "../../src/engine/graph/weights.js";
import { randn } from "../../src/engine/random.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { engineRejection } from "../error.js";
import { readFixture } from "../golden/fixture.js";

/** A graph with a product of [size, size] in its middle: small in, small out. */
const square = (size: number) => {
  const g = graphBuilder(weightStore(new Map()));
  const product = g.matmul(g.input("column", [size, 1]), g.input("row", [1, size]));
  g.output("corner", g.slice(g.slice(g.add(product, g.transpose(product, [1, 0])), 0, 0, 1), 1, 0, 1));
  return g.finish(`square ${size}`);
};

const cornerOf = async (backend: ReturnType<typeof wasmBackend>, size: number): Promise<number | undefined> => {
  const graph = square(size);
  const inputs = graph.inputs.map(
    ({ name, dims }) => [name, backend.upload({ dims, data: new Float32Array(size).fill(3) })] as const,
  );
  const outputs = await backend.run(await backend.compile(graph), new Map(inputs), new Set());
  const [corner] = [...outputs.values()];
  return corner && (await backend.read(corner))[0];
};

describe("WebAssembly", () => {
  it.each([
    ["more than is left of its 4 GiB", 32_500, "bad_alloc"],
    ["one tensor of more than 4 GiB", 40_000, "SafeIntOnOverflow"],
    ["one tensor of more than any address", 80_000, "too large"],
  ])("asked for %s says that there is no room, and works on", async (_, size, said) => {
    const backend = wasmBackend(ort);
    const error = await engineRejection("out-of-memory", cornerOf(backend, size));
    expect(error.message).toContain(`square ${size}`);
    expect(error.message).toContain(said);
    expect(error.hint).toContain("smaller model");
    expect(await cornerOf(backend, 4)).toBe(18);
    await backend.dispose();
  });

  it("a run with too many tokens fails as such, and the next one gives what it gave before", async () => {
    const { folder, tensor, scheduler } = readFixture("latte-a");
    const engine = await createEngine({ model: folder, backend: "wasm", scheduler: scheduler("ddim") });
    const noise = tensor("noise");
    const [, channels = 0, frames = 0] = noise.dims;
    const dims = [1, channels, frames, 512, 512];
    const request = (inputs: object): GenerateOptions => ({
      ...{ steps: 2, guidance: 3 },
      inputs: { noise, cond: { text: tensor("cond") }, uncond: { text: tensor("uncond") }, ...inputs },
    });
    const wanted = await engine.generate(request({}));
    const large = { dims, data: randn(0, channels * frames * 512 * 512).data };
    await engineRejection("out-of-memory", engine.generate(request({ noise: large })));
    expect((await engine.generate(request({}))).clip).toEqual(wanted.clip);
    await engine.dispose();
  });
});

describe("what counts as no room", () => {
  it.each([
    [new RangeError("Array buffer allocation failed"), "out-of-memory"],
    [new Error("Can't create a session. failed to allocate a buffer of size 12."), "out-of-memory"],
    [new Error("Model data size exceeds maximum supported size (2GB)."), "out-of-memory"],
    [new Error("Aborted(OOM)"), "out-of-memory"],
    [new Error("Node (MatMul_3) Op (MatMul) incompatible dimensions"), "runtime-failed"],
    ["a text", "runtime-failed"],
  ])("%s: %s", (cause, code) => {
    expect(failureOf("What failed", cause, { hint: "Else." })).toMatchObject({
      code,
      message: expect.stringContaining("What failed: "),
      hint: code === "runtime-failed" ? "Else." : expect.stringContaining("fewer clips"),
    });
  });
});
