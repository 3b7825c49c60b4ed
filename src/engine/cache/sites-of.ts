import { sitesOfLayout } from "../architectures/layout.js";
import { layoutOf } from "../architectures/layouts.js";
import { accept, aText, fields, listOf } from "../expect.js";
import type { SiteMap } from "../method.js";
import type { Trace } from "../trace/trace.js";

/**
 * The sites of the network that a config.json describes, without its weights: what `dryRun` plans with.
 * @throws EngineError "model-unknown", "model-config"
 */
export const sitesOf = (config: unknown): SiteMap => sitesOfLayout(layoutOf(config));

/**
 * The sites of the network that a trace was recorded on.
 * @throws EngineError "model-unknown"
 */
export const sitesOfTrace = (trace: Pick<Trace, "model" | "sites">): SiteMap => {
  accept("sitesOfTrace", {
    trace: [trace, fields({ model: fields({ architecture: aText }), sites: listOf(fields({ site: aText })) })],
  });
  const { model, sites } = trace;
  const ids = sites.map(({ site }) => site);
  const layers = (pattern: RegExp): readonly number[] =>
    [...new Set(ids.flatMap((id) => Number(pattern.exec(id)?.[1] ?? Number.NaN)))].filter(
      (layer) => !Number.isNaN(layer),
    );
  // What a layout reads of a config.json, found again in the sites that were recorded.
  const config = {
    _class_name: model.architecture,
    num_layers: layers(/^(?:transformer_)?blocks\.(\d+)\.[a-z]/).length,
    num_single_layers: layers(/^single_transformer_blocks\.(\d+)\./).length,
    n_layers: layers(/^layers\.(\d+)\./).length,
    dual_attention_layers: layers(/^transformer_blocks\.(\d+)\.attn2$/),
  };
  return sitesOf(config);
};
