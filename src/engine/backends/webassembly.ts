import { EngineError } from "../errors.js";

/** The smallest module with a vector in it: a function that spreads an i32 over an i8x16 and drops it. */
const simd = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 4, 1, 0x60, 0, 0], // type: () → ()
  ...[3, 2, 1, 0], // function 0 has type 0
  ...[10, 9, 1, 7, 0, 0x41, 0, 0xfd, 0x0f, 0x1a, 0x0b], // i32.const 0, i8x16.splat, drop, end
);

const missing = (message: string, hint: string): EngineError =>
  new EngineError("webassembly-missing", message, { hint });

/**
 * Every backend needs WebAssembly with SIMD, that of WebGPU too: onnxruntime-web is made of it. Costs nothing to ask.
 *
 * @throws EngineError "webassembly-missing" where there is none, where it has no SIMD, or where the page's security
 *   policy blocks it
 */
export const expectWebAssembly = (): void => {
  if (typeof WebAssembly === "undefined")
    throw missing(
      "There is no WebAssembly here: the browser lacks it, or has it switched off.",
      "Allow it for this site (Apple's Lockdown Mode and the strictest security modes of other browsers switch it off), or use another browser.",
    );
  if (!WebAssembly.validate(simd))
    throw missing(
      "WebAssembly has no SIMD here, which onnxruntime-web needs.",
      "Use Chrome or Edge 91, Firefox 89, Safari 16.4 or later, on a processor with SSE4.1 if it is one of Intel's or AMD's.",
    );
  try {
    new WebAssembly.Module(simd);
  } catch (cause) {
    throw missing(
      `A security policy blocks WebAssembly here: ${(cause as Error).message}`,
      "Whoever serves the page adds 'wasm-unsafe-eval' to script-src in its Content-Security-Policy, and in that of the engine's worker.",
    );
  }
};
