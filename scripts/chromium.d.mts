/** Path of a Chromium, or undefined. `CHROMIUM_PATH` goes before what is on PATH. */
export const findChromium: () => string | undefined;
/** Environment in which Vulkan is SwiftShader, the software driver that Chromium brings; empty off Linux. */
export const softwareVulkan: () => Readonly<Record<string, string>>;
