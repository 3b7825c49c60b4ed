import { layoutClasses, layoutOf, sitesOfLayout } from "../architectures/layouts.js";
import { EngineError, shown } from "../errors.js";
import { accept, aText, fields, listOf } from "../expect.js";
import type { SiteMap } from "../method.js";
import { byClassName } from "../models/by-class-name.js";
import { mostLayers } from "../models/sites.js";
import type { Trace } from "../trace/trace.js";
import { latteSites } from "./dry-run.js";

const known: Readonly<Record<string, (config: unknown) => SiteMap>> = {
  ...Object.fromEntries(layoutClasses.map((name) => [name, (config: unknown) => sitesOfLayout(layoutOf(config))])),
  // Its number of layers alone: a plan needs nothing else, so it also serves networks that cannot be run.
  LatteTransformer3DModel: (config) => latteSites(layersIn(config, "num_layers", 1)),
};

const layersIn = (config: unknown, field: string, standard: number): number => {
  const value = (config as Readonly<Record<string, unknown>>)[field] ?? standard;
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= mostLayers) return value as number;
  throw new EngineError(
    "model-config",
    `config.json has ${field} = ${shown(value)}; expected a whole number from 0 to ${mostLayers}.`,
  );
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
export const sitesOfTrace = (trace: Pick<Trace, "model" | "sites">): SiteMap => {
  accept("sitesOfTrace", {
    trace: [trace, fields({ model: fields({ architecture: aText }), sites: listOf(fields({ site: aText })) })],
  });
  const { model, sites } = trace;
  const ids = sites.map(({ site }) => site);
  const count = (pattern: RegExp): number => ids.filter((id) => pattern.test(id)).length;
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
  const maps: Readonly<Record<string, () => SiteMap>> = {
    ...Object.fromEntries(layoutClasses.map((name) => [name, () => sitesOfLayout(layoutOf(config))])),
    LatteTransformer3DModel: () => latteSites(count(/^transformer_blocks\.\d+\.attn1$/)),
  };
  return byClassName(maps, config)();
};
