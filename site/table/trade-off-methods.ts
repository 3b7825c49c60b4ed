import { type BenchMethod, type Calibration, methodFromName } from "diffusion-cache";

export type MethodOptions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Rows to measure, and what has none. */
export const benchMethods = (
  names: readonly string[],
  settings: MethodOptions,
  calibration: Calibration | undefined,
): { readonly methods: readonly BenchMethod[]; readonly leftOut: Readonly<Record<string, string>> } => {
  const methods: BenchMethod[] = [];
  const leftOut: Record<string, string> = {};
  for (const name of names) {
    const options = settings[name];
    try {
      if (!options) leftOut[name] = "These settings have nothing for it: no setting of it was fast and close enough.";
      else {
        const numbers = calibration?.[name as "magcache"];
        methods.push({ name, options, cache: [methodFromName(name, { ...numbers, ...options })] });
      }
    } catch (error) {
      leftOut[name] = (error as Error).message;
    }
  }
  return { methods, leftOut };
};
