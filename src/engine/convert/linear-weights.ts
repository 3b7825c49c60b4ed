import { architectureOf } from "../architectures/index.js";
import { segmenter } from "../cache/segments.js";
import { EngineError } from "../errors.js";
import type { Entry } from "../files/safetensors-header.js";
import { storedName, weightStore } from "../graph/weights.js";

/**
 * The weights of a network that its graph reads in linear layers and nowhere else, found by building it.
 * Shapes alone are looked at.
 *
 * @throws EngineError "model-unknown", "model-config", "weight-missing", "weight-shape"
 */
export const linearWeights = async (
  config: Readonly<Record<string, unknown>>,
  entries: readonly Entry[],
): Promise<ReadonlySet<string>> => {
  const architecture = await architectureOf(config);
  const shapes = new Map(entries.map(({ name, dims }) => [name, { dims, data: new Float32Array(0) }]));
  const store = weightStore(shapes);
  const usual = architecture.shape(config);
  const [t, h, w] = patchOf(config);
  const small = { channels: usual.channels, frames: usual.frames === 1 ? 1 : t, height: 2 * h, width: 2 * w };
  const build = (size: typeof usual) => architecture.build(config, store, { clips: 1, ...size, tokens: usualTokens });
  // Learned positions may want the usual size, and the usual size may not suit a network of odd patches.
  const model = attempt(() => build(usual)) ?? build(small);
  const all = { from: 0, to: model.parts.length, skip: [], keep: [], taps: [] };
  const read = segmenter(model)
    .segment(all)
    .graph.weights.map(({ name }) => name);
  const otherwise = new Set(read.filter((name) => storedName(name) === name));
  return new Set(read.map(storedName).filter((name) => !otherwise.has(name) && shapes.has(name)));
};

/** Frames, height and width of a patch. */
const patchOf = ({ patch_size: patch = 2, patch_size_t: ofTime }: Readonly<Record<string, unknown>>) =>
  (Array.isArray(patch) ? patch : [ofTime ?? 1, patch, patch]).map(Number) as [number, number, number];

/** Undefined where the size is refused. */
const attempt = <T>(build: () => T): T | undefined => {
  try {
    return build();
  } catch (error) {
    if (error instanceof EngineError && error.code === "input-invalid") return undefined;
    throw error;
  }
};

/** Rows of text: which linear layers there are does not depend on them. */
const usualTokens = 8;
