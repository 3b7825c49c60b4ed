import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { Handle } from "../../src/engine/backends/backend.js";
import { loadRuntime, type Runtime } from "../../src/engine/backends/runtime.js";
import { webgpuBackend } from "../../src/engine/backends/webgpu.js";
import type { Gpu } from "../../src/engine/backends/webgpu-device.js";
import { graphBuilder } from "../../src/engine/graph/builder.js";
import { weightStore } from "../../src/engine/graph/weights.js";
import { outlast } from "../../src/engine/run/denoise.js";
import { engineRejection } from "../error.js";
import { openTestGpu, readAll, runBlock } from "./block.js";
import { blockGraph, blockWeights, rows } from "./small-graph.js";

let ort: Runtime;
let gpu: Gpu;
beforeAll(async () => {
  ort = await loadRuntime("jspi");
  gpu = await openTestGpu();
});
afterAll(() => gpu.close());

describe("failures", () => {
  it("a lost device is said at the next call, though runs resolve", async () => {
    const own = await openTestGpu();
    const webgpu = webgpuBackend({ ort, gpu: own, capture: false });
    const graph = blockGraph(blockWeights());
    const outputs = await runBlock(webgpu, graph, 1, ["y"]);
    own.device.destroy();
    await expect(webgpu.read(outputs.get("y") as Handle)).rejects.toMatchObject({ code: "device-lost" });
    await expect(runBlock(webgpu, graph, 2, ["y"])).rejects.toMatchObject({ code: "device-lost" });
    expect(() => webgpu.combine([{ handle: outputs.get("y") as Handle, weight: 1 }])).toThrow(/went away/);
    webgpu.releaseAll();
    await webgpu.dispose();
  });

  it("a refused command is said at the next call, and then forgotten", async () => {
    const webgpu = webgpuBackend({ ort, gpu, capture: false });
    gpu.device.createBindGroup({
      layout: gpu.device.createBindGroupLayout({ entries: [] }),
      entries: [
        { binding: 3, resource: { buffer: gpu.device.createBuffer({ size: 4, usage: GPUBufferUsage.UNIFORM }) } },
      ],
    });
    await expect(webgpu.settled()).rejects.toMatchObject({ code: "runtime-failed" });
    await webgpu.settled();
    await webgpu.dispose();
  });

  it("a refused allocation is said as such", async () => {
    const webgpu = webgpuBackend({ ort, gpu, capture: false });
    const error = new GPUOutOfMemoryError("not enough left");
    gpu.device.dispatchEvent(new GPUUncapturedErrorEvent("uncapturederror", { error }));
    expect(() => webgpu.upload(rows(1, 4))).toThrow(
      expect.objectContaining({ code: "out-of-memory", message: expect.stringContaining("not enough left") }),
    );
    webgpu.upload(rows(1, 4));
    await webgpu.dispose();
  });

  it("more than the GPU has is said as such, by buffers of the engine and of onnxruntime, and other graphs go on", async () => {
    const own = await openTestGpu();
    const { maxBufferSize } = own.device.limits;
    const webgpu = webgpuBackend({ ort, gpu: own, capture: false });
    const wanted = await readAll(webgpu, await runBlock(webgpu, blockGraph(blockWeights()), 1, ["y"]));

    const large = own.makeBuffer("workspace", maxBufferSize + 4, GPUBufferUsage.COPY_DST, "too large");
    const error = await engineRejection("out-of-memory", webgpu.settled());
    expect(error.message).toContain(`A buffer of ${maxBufferSize + 4} bytes`);
    large.destroy();

    // The software adapter offers buffers as large as this one and then has no memory for them.
    const g = graphBuilder(weightStore(new Map()));
    const side = Math.floor(Math.sqrt(maxBufferSize / 4));
    const product = g.matmul(g.input("column", [side, 1]), g.input("row", [1, side]));
    g.output("corner", g.slice(g.slice(g.silu(product), 0, 0, 1), 1, 0, 1));
    const graph = g.finish("square");
    const given = graph.inputs.map(({ name, dims }) => [name, webgpu.upload(rows(1, ...dims))] as const);
    const squared = async () => {
      const outputs = await webgpu.run(await webgpu.compile(graph), new Map(given), new Set());
      await readAll(webgpu, outputs);
    };
    expect((await engineRejection("out-of-memory", squared())).message).toContain("refused to allocate");

    await outlast(webgpu); // as a run that failed does
    webgpu.releaseAll();
    expect(await readAll(webgpu, await runBlock(webgpu, blockGraph(blockWeights()), 1, ["y"]))).toEqual(wanted);
    await webgpu.dispose();
    own.close();
  });

  it("a graph that onnxruntime refuses is named", async () => {
    const webgpu = webgpuBackend({ ort, gpu, capture: false });
    const broken = { ...blockGraph(blockWeights(), "broken"), serialize: () => Uint8Array.of(1, 2, 3) };
    await expect(webgpu.compile(broken)).rejects.toMatchObject({
      code: "runtime-failed",
      message: expect.stringContaining("broken"),
    });
    await webgpu.dispose();
  });

  it("onnxruntime that does not release a session keeps nothing else, and that is said", async () => {
    const own = await openTestGpu();
    const webgpu = webgpuBackend({ ort, gpu: own, capture: false });
    const { create } = ort.InferenceSession;
    onTestFinished(() => {
      ort.InferenceSession.create = create;
    });
    const released: number[] = [];
    let made = 0;
    ort.InferenceSession.create = async (...request: unknown[]) => {
      const session = await (create as (...all: unknown[]) => ReturnType<typeof create>)(...request);
      const [release, index] = [session.release.bind(session), made++];
      session.release = async () => {
        await release();
        released.push(index);
        if (index === 0) throw new Error("this one stays");
      };
      return session;
    };
    for (const key of ["first", "second"]) await runBlock(webgpu, blockGraph(blockWeights(), key), 1, []);
    const error = await webgpu.dispose().catch((cause: Error) => cause);
    expect(error).toMatchObject({ message: "this one stays" });
    expect(released).toEqual([0, 1]);
    expect(own.bytes()).toEqual({ weights: 0, activations: 0, workspace: 0 });
    own.close();
  });
});
