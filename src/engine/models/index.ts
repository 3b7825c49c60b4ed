import { EngineError } from "../errors.js";
import { latte } from "./latte.js";
import { latteConfig } from "./latte-config.js";
import type { Geometry, Model } from "./model.js";
import type { WeightStore } from "./weights.js";

/** What the engine asks of an architecture before it knows what to generate. */
export interface Architecture {
  build(config: unknown, weights: WeightStore, geometry: Geometry): Model;
  /** Channels and the usual size of what this checkpoint generates. */
  shape(config: unknown): {
    readonly channels: number;
    readonly frames: number;
    readonly height: number;
    readonly width: number;
  };
}

/** Every architecture by its class name in diffusers. One line per architecture. */
const architectures: Readonly<Record<string, Architecture>> = {
  LatteTransformer3DModel: {
    build: latte,
    shape(config) {
      const { inChannels, frames, sampleSize } = latteConfig(config);
      return { channels: inChannels, frames, height: sampleSize, width: sampleSize };
    },
  },
};

/**
 * The architecture that a checkpoint's config.json names.
 * @throws EngineError "model-unknown"
 */
export const architectureOf = (config: unknown): Architecture => {
  const name = (config as { _class_name?: unknown } | null)?._class_name;
  const found = typeof name === "string" && Object.hasOwn(architectures, name) ? architectures[name] : undefined;
  if (!found)
    throw new EngineError(
      "model-unknown",
      `config.json names the architecture ${JSON.stringify(name) ?? "undefined"}.`,
      {
        hint: `The engine has: ${Object.keys(architectures).join(", ")}.`,
      },
    );
  return found;
};
