import type { DeviceReport } from "../engine.js";
import { EngineError } from "../errors.js";
import { graphBuilder } from "../graph/builder.js";
import { weightStore } from "../graph/weights.js";
import { type GPU, inNode } from "../platform.js";
import type { Backend } from "./backend.js";
import { answerOf, patienceSeconds, silence, silentGpu } from "./patience.js";
import { canShareMemory, canSuspend, loadRuntime, type Runtime } from "./runtime.js";
import { disagreement, selfTest } from "./self-test.js";
import { wasmBackend } from "./wasm.js";
import { expectWebAssembly } from "./webassembly.js";
import { webgpuBackend } from "./webgpu.js";
import { adapterName, type Gpu, hasWideSubgroups, isSoftware, openGpu } from "./webgpu-device.js";

/** What {@link Preference} may be. */
export const preferences = ["auto", "wasm", "webgpu", "webgpu-uncaptured"] as const;
/**
 * "auto": the first rung that works: WebGPU with captured graphs, WebGPU without, WASM. "webgpu" and
 * "webgpu-uncaptured" insist on a GPU and also take a software adapter, which "auto" never does.
 *
 * In Node, WebGPU comes from the optional package `webgpu` and is opened only for those who insist on it: a driver that
 * fails there takes the process with it, where a browser would survive.
 */
export type Preference = (typeof preferences)[number];

/** What the ladder asks its surroundings for. */
export interface Surroundings {
  readonly gpu: GPU | undefined;
  readonly secureContext: boolean;
  readonly canSuspend: boolean;
}

export interface LadderOptions {
  readonly prefer: Preference;
  /** Of the WASM kernels. Default: half of the cores, four at most. */
  readonly threads?: number | undefined;
  /** Default: what this page, worker or process has. */
  readonly surroundings?: Surroundings;
  /** Largest relative disagreement that the self-test allows. Default 1e-3. */
  readonly tolerance?: number;
}

const rungs = { captured: "WebGPU, captured graphs", uncaptured: "WebGPU", wasm: "WASM" } as const;

/** Why a rung cannot be taken. */
const unfit = (reason: string): EngineError =>
  new EngineError("backend-missing", reason, { hint: 'Use the backend "auto" or "wasm".' });

const unfitBecause =
  (what: string) =>
  (cause: unknown): never => {
    throw unfit(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`);
  };

/** WebGPU as the browser has it, or Dawn for those who insist on a GPU in Node. */
const gpuHere = async (prefer: Preference): Promise<GPU | undefined> => {
  const { gpu } = globalThis.navigator ?? {};
  if (gpu || !inNode() || !canSuspend() || !prefer.startsWith("webgpu")) return gpu;
  return (await import("./dawn.js")).openDawn();
};

const here = async (prefer: Preference): Promise<Surroundings> => ({
  gpu: await gpuHere(prefer),
  secureContext: globalThis.isSecureContext ?? true,
  canSuspend: canSuspend(),
});

/** Least limits of onnxruntime's kernels and ours. Full WebGPU grants them; adapters in compatibility mode may not. */
const needed = {
  maxStorageBuffersPerShaderStage: 8,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupStorageSize: 16384,
} as const;

const findAdapter = async (
  { gpu, secureContext, canSuspend }: Surroundings,
  software: boolean,
): Promise<GPUAdapter> => {
  if (!secureContext) throw unfit("WebGPU needs a secure page: https, or localhost.");
  if (!canSuspend)
    throw unfit(
      "WebAssembly cannot wait for the GPU here: JSPI is missing (Chrome and Edge have it since 137, Node since 24).",
    );
  if (!gpu)
    throw unfit(
      inNode()
        ? 'In Node WebGPU is opened only for the backend "webgpu".'
        : "There is no WebGPU here: the browser lacks it or has it switched off.",
    );
  const adapter = await answerOf(
    gpu
      .requestAdapter({ powerPreference: "high-performance" })
      .catch(unfitBecause("WebGPU refused to look for a GPU adapter")),
    { seconds: patienceSeconds.device, silent: "WebGPU was asked for a GPU adapter and gave no answer" },
  );
  if (!adapter) throw unfit("There is no GPU adapter here: no GPU, or a driver that is missing or blocked.");
  if (isSoftware(adapter) && !software)
    throw unfit(`The only adapter is software (${adapterName(adapter)}), which is slower than WASM.`);
  for (const [limit, least] of Object.entries(needed) as [keyof typeof needed, number][])
    if (adapter.limits[limit] < least)
      throw unfit(`The adapter's ${limit} is ${adapter.limits[limit]}; the kernels need ${least}.`);
  return adapter;
};

/** Why WASM is slower here than the processor allows. */
const oneThread = (): string => {
  if (canShareMemory()) return "";
  const why =
    globalThis.isSecureContext === false
      ? "it was loaded neither over https nor from localhost"
      : "its server does not send COOP and COEP headers";
  return ` On one thread: the page is not isolated from others (${why}), and only isolated pages may share memory between threads.`;
};

/** A graph with next to nothing in it. */
const smallest = () => {
  const g = graphBuilder(weightStore(new Map()));
  g.output("y", g.add(g.input("x", [1]), g.scalar(1)));
  return g.finish("smallest");
};

type Examined = Required<Pick<LadderOptions, "prefer" | "tolerance">>;

const figure = (value: number): string => value.toExponential(1);

/** Whether WebAssembly has arrived, as far as can be told: its threads start after that. */
const hasArrived = (): boolean =>
  inNode() || performance.getEntriesByType("resource").some(({ name }) => /\.wasm($|[?#])/.test(name));

/**
 * Compiles WebAssembly and starts its threads. onnxruntime-web waits for ever for a thread that was given another script
 * than its own.
 */
const started = (backend: Backend): Promise<unknown> =>
  answerOf(backend.compile(smallest()), {
    seconds: patienceSeconds.threads,
    silent: "The threads of WebAssembly were started and gave no answer",
    begun: hasArrived,
    refuse: (message) =>
      new EngineError("threads-silent", message, {
        hint: 'Give `threads: 1` in a page that is loaded anew. A bundler that puts a worker into one script (Vite without worker: { format: "es" }) gives the threads that script.',
      }),
  });

/** How far the GPU agrees with WASM, and why captured graphs are not to be used. */
const compared = async (
  test: ReturnType<typeof selfTest>,
  wasm: readonly Float32Array[],
  { prefer, tolerance }: Examined,
): Promise<{ readonly agrees: string; readonly uncapturedBecause?: string }> => {
  const uncaptured = await test.webgpu({ capture: false });
  const error = disagreement(uncaptured, wasm);
  if (!(error <= tolerance))
    throw unfit(`The self-test disagrees with WASM by ${figure(error)}; ${figure(tolerance)} is allowed.`);
  const agrees = `The self-test agrees with WASM to ${figure(error)}.`;
  if (prefer === "webgpu-uncaptured") return { agrees, uncapturedBecause: "Not asked for." };
  try {
    const replay = disagreement(await test.webgpu({ capture: true }), uncaptured);
    if (replay <= tolerance) return { agrees };
    return { agrees, uncapturedBecause: `Captured graphs disagree with uncaptured ones by ${figure(replay)}.` };
  } catch (cause) {
    return { agrees, uncapturedBecause: `Graphs cannot be captured: ${(cause as Error).message}` };
  }
};

/** Builds of onnxruntime-web that a GPU keeps waiting: no call into them ends before it answers. */
const waiting = new WeakSet<Runtime>();

/** What the self-test says of a device. Its WASM half, which may have to load onnxruntime first, takes what it takes. */
const examine = async (ort: Runtime, gpu: Gpu, how: Examined) => {
  if (waiting.has(ort)) throw silentGpu("The GPU gave no answer to an earlier self-test, which still waits for it.");
  const test = selfTest(ort, gpu);
  const comparing = compared(test, await test.wasm(), how);
  const { selfTest: seconds } = patienceSeconds;
  return answerOf(comparing, { seconds, silent: "The self-test waited for the GPU" }).catch((error: Error) => {
    if (error.cause === silence) waiting.add(ort);
    void comparing.catch(() => {}).then(() => waiting.delete(ort));
    throw error;
  });
};

/** The backend closes the device it was made on. */
const owning = (backend: Backend, gpu: Gpu): Backend => ({
  ...backend,
  async dispose() {
    try {
      await backend.dispose();
    } finally {
      gpu.close();
    }
  },
});

/**
 * The first rung of the ladder that works here, and why the ones above it do not.
 *
 * @throws EngineError "webassembly-missing"; "backend-missing" when a GPU was insisted on and there is none that works;
 *   "download-failed", "threads-silent", "runtime-failed" or "out-of-memory" when onnxruntime-web does not start
 */
export const chooseBackend = async (options: LadderOptions): Promise<{ backend: Backend; report: DeviceReport }> => {
  expectWebAssembly();
  const { prefer, threads, tolerance = 1e-3 } = options;
  const surroundings = options.surroundings ?? (await here(prefer));
  const ladder: DeviceReport["ladder"][number][] = [];
  const taking = (backend: Backend) => ({
    backend,
    report: { backend: backend.name, description: backend.description, ladder },
  });
  const find = () => findAdapter(surroundings, prefer !== "auto");
  const attempt = async (subgroups: boolean, remark: string): Promise<Backend> => {
    const adapter = await find();
    const ort = await loadRuntime("jspi").catch(unfitBecause("The WebGPU build did not load"));
    const gpu = await answerOf(openGpu(adapter, { subgroups }).catch(unfitBecause("The adapter gave no device")), {
      seconds: patienceSeconds.device,
      silent: "The adapter was asked for a device and gave no answer",
      late: (unwanted) => unwanted.close(),
    });
    try {
      const { agrees, uncapturedBecause } = await examine(ort, gpu, { prefer, tolerance });
      if (uncapturedBecause) ladder.push({ rung: rungs.captured, taken: false, reason: uncapturedBecause });
      const rung = uncapturedBecause ? rungs.uncaptured : rungs.captured;
      ladder.push({ rung, taken: true, reason: agrees + remark });
      return owning(webgpuBackend({ ort, gpu, capture: !uncapturedBecause }), gpu);
    } catch (cause) {
      gpu.close();
      const isUnfit = cause instanceof EngineError && cause.code === "backend-missing";
      throw isUnfit ? cause : unfitBecause("The self-test failed")(cause);
    }
  };
  /** Subgroup kernels are the faster ones, and the ones that drivers get wrong. */
  const onGpu = async (): Promise<Backend> => {
    if (!hasWideSubgroups(await find())) return attempt(false, "");
    return attempt(true, "").catch((error: Error) => {
      if (error.cause === silence) throw error; // A GPU that hangs is not asked twice.
      return attempt(false, ` Subgroup kernels are off. ${error.message}`);
    });
  };

  let reason = "Asked for.";
  if (prefer !== "wasm")
    try {
      return taking(await onGpu());
    } catch (cause) {
      if (prefer !== "auto") throw cause;
      for (const rung of [rungs.captured, rungs.uncaptured])
        ladder.push({ rung, taken: false, reason: (cause as Error).message });
      reason = "Needs no GPU.";
    }
  // The WebGPU build has the WASM kernels too, but if it is there it has failed: this build is untouched by that.
  const backend = wasmBackend(await loadRuntime("wasm", threads));
  await started(backend); // the first session compiles the module, and nothing has to wait for it later
  ladder.push({ rung: rungs.wasm, taken: true, reason: reason + oneThread() });
  return taking(backend);
};
