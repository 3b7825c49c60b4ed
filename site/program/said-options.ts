import { type CacheMethod, methodFromName } from "diffusion-cache";

export type Said = Readonly<Record<string, unknown>>;

/** Options that a calibration measures: numbers of one model, and whose they are. */
export const measuredOptions: readonly string[] = ["magRatios", "coefficients", "errors", "products", "calibratedFor"];

const makes = (name: string, options: Said, wanted: Said): boolean => {
  try {
    return JSON.stringify(methodFromName(name, options).options) === JSON.stringify(wanted);
  } catch {
    return false; // an option without a default is missing
  }
};

/** The fewest of a method's options that make it again: those that differ from its defaults. */
export const saidOptions = ({ name, options }: CacheMethod): Said => {
  let said: Said = options;
  for (const key of Object.keys(options)) {
    const { [key]: _, ...rest } = said;
    if (makes(name, rest, options)) said = rest;
  }
  return said;
};
