import { latteSites } from "../cache/dry-run.js";
import type { SiteMap } from "../cache/method.js";
import { byClassName } from "./by-class-name.js";
import { fluxConfig } from "./flux-config.js";
import { fluxSites } from "./flux-sites.js";
import { latteConfig } from "./latte-config.js";

const known: Readonly<Record<string, (config: unknown) => SiteMap>> = {
  FluxTransformer2DModel(config) {
    const { dualLayers, singleLayers } = fluxConfig(config);
    return fluxSites(dualLayers, singleLayers);
  },
  LatteTransformer3DModel: (config) => latteSites(latteConfig(config).layers),
};

/**
 * The sites of the network that a config.json describes, without its weights: what `dryRun` plans with.
 * @throws EngineError "model-unknown", "model-config"
 */
export const sitesOf = (config: unknown): SiteMap => byClassName(known, config)(config);
