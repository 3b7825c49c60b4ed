/** Path of a Chromium, or undefined. `CHROMIUM_PATH` goes before what is on PATH. */
export const findChromium: () => string | undefined;
