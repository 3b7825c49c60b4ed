import { EngineError } from "../errors.js";
import type { Site } from "../method.js";
import type { Tap } from "./model.js";
import type { Span } from "./sites.js";

export interface TapFields {
  readonly architecture: string;
  /** The stream value that runs through the blocks. */
  readonly stream: string;
  readonly blocks: readonly Span[];
  readonly subLayers: readonly Site[];
  /** Number of parts. */
  readonly parts: number;
  /** What enters the first attention, and what the timestep became. */
  readonly modulatedInput: Omit<Tap, "id">;
  readonly timestepEmbedding: Omit<Tap, "id">;
}

/**
 * The taps of a model whose blocks follow each other, by their id (see `Probe` in cache/method.ts).
 * @throws EngineError "site-missing" for an id that is none
 */
export const tapsOf =
  ({ architecture, stream, blocks, subLayers, parts, modulatedInput, timestepEmbedding }: TapFields) =>
  (id: string): Tap => {
    const fixed: Readonly<Record<string, Omit<Tap, "id">>> = {
      latents: { value: "latents", after: 0 },
      output: { value: "prediction", after: parts },
      "modulated-input": modulatedInput,
      "timestep-embedding": timestepEmbedding,
    };
    if (Object.hasOwn(fixed, id)) return { id, ...(fixed[id] as Omit<Tap, "id">) };
    const [, first, last] = /^blocks\.(\d+)-(\d+)$/.exec(id) ?? [];
    const [from, to] = [blocks[Number(first)], blocks[Number(last) - 1]];
    if (from && to && from.from < to.to) return { id, value: stream, after: to.to, since: from.from };
    const [, before] = /^hidden\.(\d+)$/.exec(id) ?? [];
    const after = blocks[Number(before)]?.from ?? (Number(before) === blocks.length ? blocks.at(-1)?.to : undefined);
    if (after !== undefined) return { id, value: stream, after };
    const site = subLayers.find((one) => one.id === id);
    if (site) return { id, value: site.values[0] as string, after: site.to };
    throw new EngineError("site-missing", `${architecture} has nothing to probe called "${id}".`, {
      hint: `A model of ${blocks.length} blocks has latents, timestep-embedding, modulated-input, hidden.0 to hidden.${blocks.length}, blocks.0-1 to blocks.0-${blocks.length}, output and its sub-layers.`,
    });
  };
