import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { chooseBackend, type Surroundings } from "../../src/engine/backends/ladder.js";
import { disagreement } from "../../src/engine/backends/self-test.js";
import { engineRejection } from "../error.js";
import { rows } from "./small-graph.js";

const full: Surroundings = { gpu: navigator.gpu, secureContext: true, canSuspend: true };
/** A GPU whose adapter is what `change` makes of the real one. */
const gpuWith = (change: (adapter: GPUAdapter) => GPUAdapter | null | Promise<never>): GPU =>
  Object.assign(Object.create(navigator.gpu), {
    requestAdapter: async () => change((await navigator.gpu.requestAdapter()) as GPUAdapter),
  });

/** The software adapter under another name, so that "auto" takes it. */
const disguised = (
  info: object,
  open: (adapter: GPUAdapter) => GPUAdapter["requestDevice"] = (adapter) => adapter.requestDevice.bind(adapter),
): Surroundings => ({
  ...full,
  gpu: gpuWith((adapter) =>
    Object.create(adapter, {
      info: { value: { description: "GPU in disguise", isFallbackAdapter: false, ...info } },
      limits: { value: adapter.limits },
      features: { value: adapter.features },
      requestDevice: { value: open(adapter) },
    }),
  ),
});

/** What "auto" takes, and the reason of the first rung. */
const automatic = async (surroundings: Surroundings) => {
  const { backend, report } = await chooseBackend({ prefer: "auto", surroundings });
  await backend.dispose();
  return { name: backend.name, reason: report.ladder[0]?.reason, taken: report.ladder.map(({ taken }) => taken) };
};

describe("chooseBackend", () => {
  it("insisting on WebGPU takes captured graphs that pass the self-test, even on a software adapter", async () => {
    const { backend, report } = await chooseBackend({ prefer: "webgpu" });
    expect(report.ladder).toEqual([
      {
        rung: "WebGPU, captured graphs",
        taken: true,
        reason: expect.stringMatching(/agrees with WASM to \d\.\de-[4-9]/),
      },
    ]);
    expect(report.description).toMatch(/captured graphs$/);
    const handle = backend.upload(rows(1, 4));
    expect(await backend.read(handle)).toEqual(rows(1, 4).data);
    await backend.dispose();
  });

  it("can be told not to capture", async () => {
    const { backend, report } = await chooseBackend({ prefer: "webgpu-uncaptured" });
    expect(report.ladder.map(({ rung, taken }) => [rung, taken])).toEqual([
      ["WebGPU, captured graphs", false],
      ["WebGPU", true],
    ]);
    expect(report.description).toMatch(/uncaptured graphs$/);
    await backend.dispose();
  });

  it("takes WASM when asked, tries nothing else, and says why a page that is not isolated has one thread", async () => {
    const { backend, report } = await chooseBackend({ prefer: "wasm" });
    expect(crossOriginIsolated).toBe(false);
    expect(report).toEqual({
      backend: "wasm",
      description: "WebAssembly, 1 thread",
      ladder: [{ rung: "WASM", taken: true, reason: expect.stringMatching(/^Asked for\. On one thread: .* isolated/) }],
    });
    await backend.dispose();
  });

  it("says what is missing and takes WASM", async () => {
    const down = { name: "wasm", taken: [false, false, true] };
    expect(await automatic({ ...full, secureContext: false })).toEqual({
      ...down,
      reason: expect.stringContaining("secure page"),
    });
    expect(await automatic({ ...full, gpu: undefined })).toEqual({
      ...down,
      reason: expect.stringContaining("no WebGPU"),
    });
    expect(await automatic({ ...full, canSuspend: false })).toEqual({
      ...down,
      reason: expect.stringContaining("JSPI"),
    });
    expect(await automatic({ ...full, gpu: gpuWith(() => null) })).toEqual({
      ...down,
      reason: expect.stringContaining("no GPU adapter"),
    });
    expect(await automatic(full)).toEqual({ ...down, reason: expect.stringMatching(/software.*slower than WASM/) });
    const refuses = gpuWith(() => Promise.reject(new DOMException("switched off by policy")));
    expect(await automatic({ ...full, gpu: refuses })).toEqual({
      ...down,
      reason: "WebGPU refused to look for a GPU adapter: switched off by policy",
    });
    const error = await engineRejection(
      "backend-missing",
      chooseBackend({ prefer: "webgpu", surroundings: { ...full, gpu: refuses } }),
    );
    expect(error.message).toContain("switched off by policy");
  });

  it("names a limit that is too low, with both numbers", async () => {
    const poor = gpuWith((adapter) =>
      Object.create(adapter, {
        limits: { value: { maxStorageBuffersPerShaderStage: 4 } },
        info: { value: { description: "Small GPU", isFallbackAdapter: false } },
      }),
    );
    expect((await automatic({ ...full, gpu: poor })).reason).toBe(
      "The adapter's maxStorageBuffersPerShaderStage is 4; the kernels need 8.",
    );
  });

  it("steps down when the self-test disagrees, with the figures", async () => {
    const { backend, report } = await chooseBackend({ prefer: "auto", surroundings: disguised({}), tolerance: 1e-12 });
    expect(backend.name).toBe("wasm");
    expect(report.ladder[0]?.reason).toMatch(/disagrees with WASM by \d\.\de-\d+; 1\.0e-12 is allowed/);
    await backend.dispose();
  });

  it("steps down when the adapter gives no device, and when the device is lost at once", async () => {
    const none = disguised({}, () => async () => {
      throw new DOMException("the driver has no device to give", "OperationError");
    });
    expect(await automatic(none)).toEqual({
      ...{ name: "wasm", taken: [false, false, true] },
      reason: "The adapter gave no device: the driver has no device to give",
    });
    const lost = disguised({}, (adapter) => async (descriptor) => {
      const device = await adapter.requestDevice(descriptor);
      device.destroy();
      return device;
    });
    expect((await automatic(lost)).reason).toMatch(/^The self-test failed: The GPU device went away/);
  });

  it("does without capture where a replay reads what the first run read", async () => {
    const stale = disguised({}, (adapter) => async (descriptor) => {
      const device = await adapter.requestDevice(descriptor);
      const encoder = device.createCommandEncoder.bind(device);
      const written = new Set<GPUBuffer>();
      // As a driver would that keeps what a captured graph read first: later copies into its inputs do nothing.
      device.createCommandEncoder = (...request) => {
        const made = encoder(...request);
        const copy = made.copyBufferToBuffer.bind(made) as (...all: unknown[]) => undefined;
        made.copyBufferToBuffer = (...all: unknown[]): undefined => {
          const target = all.find((one, index) => index > 0 && one instanceof GPUBuffer) as GPUBuffer;
          if (["x", "shift"].includes(target.label) && written.has(target)) return;
          written.add(target);
          copy(...all);
        };
        return made;
      };
      return device;
    });
    const { backend, report } = await chooseBackend({ prefer: "auto", surroundings: stale });
    expect(report.ladder).toEqual([
      { rung: "WebGPU, captured graphs", taken: false, reason: expect.stringMatching(/^Captured graphs disagree/) },
      { rung: "WebGPU", taken: true, reason: expect.stringContaining("agrees with WASM") },
    ]);
    expect(report.description).toBe("WebGPU, GPU in disguise, uncaptured graphs");
    await backend.dispose();
  });

  it("switches subgroup kernels off where they fail: on this adapter they do", async () => {
    const surroundings = disguised({ subgroupMinSize: 8 });
    const { backend, report } = await chooseBackend({ prefer: "auto", surroundings });
    expect(report.description).toBe("WebGPU, GPU in disguise, captured graphs");
    expect(report.ladder[0]?.reason).toMatch(/agrees with WASM to .* Subgroup kernels are off.*disagrees with WASM by/);
    await backend.dispose();
  });

  it("refuses when a GPU is insisted on and there is none", async () => {
    await expect(chooseBackend({ prefer: "webgpu", surroundings: { ...full, gpu: undefined } })).rejects.toMatchObject({
      code: "backend-missing",
      message: expect.stringContaining("no WebGPU"),
    });
  });
});

describe("a GPU that never answers", () => {
  // Time passes when a test says so, and otherwise as it does, which onnxruntime may wait for.
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true }));
  afterEach(() => void vi.useRealTimers());

  /** A question that is answered when the test says so. */
  const held = <T>() => {
    const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<T>()];
    const ask = (): Promise<T> => {
      asked.resolve();
      return answer.promise;
    };
    return { asked: asked.promise, ask, answer: answer.resolve };
  };
  const pass = (seconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(1000 * seconds);
  const down = { name: "wasm", taken: [false, false, true] };

  it("about an adapter is left for WASM, and refused where a GPU is insisted on", async () => {
    const { asked, ask } = held<GPUAdapter>();
    const surroundings = { ...full, gpu: Object.assign(Object.create(navigator.gpu), { requestAdapter: ask }) };
    const [taken, refused] = [
      automatic(surroundings),
      engineRejection("backend-missing", chooseBackend({ prefer: "webgpu", surroundings })),
    ];
    await asked;
    await pass(20);
    const reason = "WebGPU was asked for a GPU adapter and gave no answer for 20 s.";
    expect(await taken).toEqual({ ...down, reason });
    expect(await refused).toMatchObject({ message: reason, hint: expect.stringContaining("graphics driver") });
  });

  it("about a device is left for WASM, and a device that comes after all is destroyed", async () => {
    const { asked, ask, answer } = held<GPUDevice>();
    const device = (await (await navigator.gpu.requestAdapter())?.requestDevice()) as GPUDevice;
    const taken = automatic(disguised({ subgroupMinSize: 8 }, () => ask));
    await asked;
    await pass(20);
    const reason = "The adapter was asked for a device and gave no answer for 20 s.";
    expect(await taken).toEqual({ ...down, reason });
    answer(device);
    expect((await device.lost).reason).toBe("destroyed");
  });

  it("in the self-test is left for WASM, its device is destroyed, and later engines do not wait for it", async () => {
    const { asked, ask, answer } = held<void>();
    const devices: GPUDevice[] = [];
    const hanging = disguised({ subgroupMinSize: 8 }, (adapter) => async (descriptor) => {
      const device = await adapter.requestDevice(descriptor);
      devices.push(device);
      // As a driver would whose compiler hangs: onnxruntime waits for it in the middle of a run.
      const compile = device.createComputePipelineAsync.bind(device);
      device.createComputePipelineAsync = (pipeline) => ask().then(() => compile(pipeline));
      return device;
    });
    const taken = automatic(hanging);
    await asked;
    await pass(120);
    expect(await taken).toEqual({ ...down, reason: "The self-test waited for the GPU for 120 s." });
    expect(devices).toHaveLength(1); // not asked once more, without subgroup kernels
    await devices[0]?.lost;
    vi.useRealTimers();

    const again = engineRejection("backend-missing", chooseBackend({ prefer: "webgpu" }));
    expect((await again).message).toContain("an earlier self-test, which still waits");
    answer();
    await vi.waitFor(async () => (await chooseBackend({ prefer: "webgpu-uncaptured" })).backend.dispose(), 60_000);
  });
});

describe("disagreement", () => {
  const [a, b] = [[Float32Array.of(1, 2)], [Float32Array.of(1, 4)]];
  it("is relative to the largest number", () => expect(disagreement(a, b)).toBe(0.5));
  it("is none between equals, also between zeros", () =>
    expect(disagreement([Float32Array.of(0)], [Float32Array.of(0)])).toBe(0));
  it("is infinite where a number is missing or none", () => {
    expect(disagreement([], b)).toBe(Number.POSITIVE_INFINITY);
    expect(disagreement([Float32Array.of(1, Number.NaN)], b)).toBe(Number.POSITIVE_INFINITY);
  });
});
