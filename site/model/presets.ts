import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Presets, presetsFromJson } from "diffusion-cache";
import { firstModel, type ModelName } from "./live-models.js";

/** The presets of a model, as scripts/presets.mjs measured them; undefined before that. */
export const sitePresets = (model: ModelName = firstModel): Presets | undefined => {
  const file = join(process.cwd(), "site/public/models", model, "presets.json");
  return existsSync(file) ? presetsFromJson(JSON.parse(readFileSync(file, "utf8")), file) : undefined;
};
