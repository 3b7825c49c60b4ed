/** Path of a Chromium, or undefined. `CHROMIUM_PATH` goes before what is on PATH. */
export const findChromium: () => string | undefined;
/** Arguments for WebGPU on a machine without a GPU. */
export const softwareGpu: readonly string[];
/** Environment in which Vulkan is SwiftShader, the software driver that Chromium brings; empty off Linux. */
export const softwareVulkan: () => Readonly<Record<string, string>>;
