import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Presets, presetsFromJson } from "diffusion-cache";
import { modelPath } from "./model.js";

/** The presets of the site's model, as scripts/presets.mjs measured them; undefined before that. */
export const sitePresets = (): Presets | undefined => {
  const file = join(process.cwd(), "site/public", modelPath, "presets.json");
  return existsSync(file) ? presetsFromJson(JSON.parse(readFileSync(file, "utf8")), file) : undefined;
};
