import { expectWebAssembly } from "diffusion-cache";
import { hintOf, messageOf } from "../page/failure.js";

/** What the browser says about WebGPU before any engine is loaded, and what to do where it is missing. */
export interface WebGpuHere {
  /** What the choice "auto" comes to, as far as can be told before a self-test; nothing where no backend works. */
  readonly automatic: "webgpu" | "wasm" | undefined;
  readonly text: string;
  readonly advice: string;
}

const missing = (why: string, advice: string): WebGpuHere => ({
  automatic: "wasm",
  text: `WebGPU is missing: ${why} The examples run on WebAssembly instead, on the processor, which is slower.`,
  advice,
});

const look = async (): Promise<WebGpuHere> => {
  try {
    expectWebAssembly();
  } catch (error) {
    return { automatic: undefined, text: `The examples cannot run here. ${messageOf(error)}`, advice: hintOf(error) };
  }
  if (!globalThis.isSecureContext)
    return missing("this page was not loaded over https or from localhost.", "Open it over https.");
  if (!navigator.gpu)
    return missing(
      "this browser does not offer it.",
      "Chrome and Edge 113 or later, Firefox 141 or later on Windows, and Safari 26 have it.",
    );
  if (typeof WebAssembly === "undefined" || !("Suspending" in WebAssembly))
    return missing(
      "this browser has it, but not JSPI, with which WebAssembly waits for the GPU.",
      "Chrome and Edge 137 or later have both.",
    );
  const adapter = await navigator.gpu.requestAdapter().catch(() => null);
  if (!adapter)
    return missing(
      "the browser has it but found no GPU that it may use.",
      "Turn on hardware acceleration in the browser's settings; on Linux, Chrome may need chrome://flags/#enable-unsafe-webgpu.",
    );
  const { vendor, architecture, description } = adapter.info;
  const name = description || [vendor, architecture].filter(Boolean).join(" ") || "an unnamed GPU";
  if (adapter.info.isFallbackAdapter)
    return {
      automatic: "wasm",
      text: `WebGPU is there, but on a software adapter (${name}): it computes on the processor and is slow.`,
      advice: "WebAssembly is probably faster here.",
    };
  return { automatic: "webgpu", text: `WebGPU is there: ${name}.`, advice: "" };
};

let found: Promise<WebGpuHere> | undefined;

/** Looks once for the page. */
export const webGpuHere = (): Promise<WebGpuHere> => {
  found ??= look();
  return found;
};
