import type { SiteMap } from "../method.js";
import { byClassName } from "../models/by-class-name.js";
import { fluxConfig } from "../models/flux-config.js";
import { fluxSites } from "../models/flux-sites.js";
import { latteConfig } from "../models/latte-config.js";
import type { Trace } from "../trace/trace.js";
import { latteSites } from "./dry-run.js";

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

/**
 * The sites of the network that a trace was recorded on.
 * @throws EngineError "model-unknown"
 */
export const sitesOfTrace = ({ model, sites }: Pick<Trace, "model" | "sites">): SiteMap => {
  const count = (pattern: RegExp): number => sites.filter(({ site }) => pattern.test(site)).length;
  const maps: Readonly<Record<string, () => SiteMap>> = {
    FluxTransformer2DModel: () =>
      fluxSites(count(/^transformer_blocks\.\d+\.attn$/), count(/^single_transformer_blocks\.\d+\.attn$/)),
    LatteTransformer3DModel: () => latteSites(count(/^transformer_blocks\.\d+\.attn1$/)),
  };
  return byClassName(maps, { _class_name: model.architecture })();
};
