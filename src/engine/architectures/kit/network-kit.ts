import type { GraphBuilder, GraphValue } from "../../graph/builder.js";
import type { WeightStore } from "../../graph/weights.js";
import type { Site } from "../../method.js";
import type { Model, Part, Stream, Tap } from "../../models/model.js";
import { type Span, siteMap } from "../../models/sites.js";
import { tapsOf } from "../../models/taps.js";
import { type BlockLayout, type Layout, subLayerSite, textSite } from "../layout.js";

type Emit<T = void> = (g: GraphBuilder, stream: Stream) => T;

/** How a sub-layer of a layout is computed. Its site begins after `input` and ends before `merge`. */
export interface SubLayer {
  /** What cross-attention reads of the text, keys and values: a site of its own. */
  readonly text?: Emit<readonly [k: GraphValue, v: GraphValue]>;
  /** What enters, in a part before the site, so that a probe can read it: stream values `${id}.input`, and "context". */
  readonly input?: Emit<readonly GraphValue[]>;
  /** The feature: one tensor for the sub-layer's own value and one for each further value of its layout. */
  readonly emit: (g: GraphBuilder, stream: Stream, id: string) => readonly GraphValue[];
  /** The cheap way back into the stream. */
  readonly merge?: (g: GraphBuilder, stream: Stream, feature: readonly GraphValue[]) => void;
}

const names = (id: string, count: number): readonly string[] => [id, `${id}.context`].slice(0, count);

/** Runs the sub-layers of a block that is no place to cache, with `x` in place of the stream's: what becomes of x. */
export const runBlock = (
  g: GraphBuilder,
  stream: Stream,
  id: string,
  subLayers: Readonly<Record<string, SubLayer>>,
  x: GraphValue,
): GraphValue => {
  const own = new Map([["x", x]]);
  const inside: Stream = {
    get: (name) => own.get(name) ?? stream.get(name),
    set: (name, value) => void own.set(name, value),
  };
  for (const [name, { input, emit, merge }] of Object.entries(subLayers)) {
    const site = `${id}.${name}`;
    const values = input?.(g, inside) ?? [];
    for (const [index, one] of names(`${site}.input`, values.length).entries())
      inside.set(one, values[index] as GraphValue);
    merge?.(g, inside, emit(g, inside, site));
  }
  return inside.get("x");
};

/** What {@link networkKit} does not know of a model. */
type Rest = Omit<Model, "parts" | "sites" | "tap" | "parameters" | "output" | "weights" | "volume"> &
  Partial<Pick<Model, "volume">> & {
    /** The stream value that stands for the timestep, and how many parts make it. Default "temb", 1. */
    readonly timestepEmbedding?: Omit<Tap, "id">;
  };

/** Collects the parts of a network along its layout; sites, blocks and taps follow from it. */
export const networkKit = (layout: Layout, weights: WeightStore) => {
  const parts: Part[] = [];
  const subLayers: Site[] = [];
  const textKv: Site[] = [];
  const blocks: Span[] = [];
  const part = (id: string, emit: Emit): number => parts.push({ id, emit });
  let modulatedInput: Omit<Tap, "id"> = { value: "x", after: 0 };

  const subLayer = (id: string, [, kind, ...more]: BlockLayout["subLayers"][number], one: SubLayer): void => {
    const { text, input, emit, merge } = one;
    const inputFrom = parts.length;
    if (text) {
      const site = textSite(id, parts.length);
      textKv.push(site);
      part(site.id, (g, stream) => {
        for (const [index, value] of text(g, stream).entries()) stream.set(site.values[index] as string, value);
      });
    }
    if (input) {
      part(`${id}.input`, (g, stream) => {
        const values = input(g, stream);
        for (const [index, name] of names(`${id}.input`, values.length).entries())
          stream.set(name, values[index] as GraphValue);
      });
      if (subLayers.length === 0) modulatedInput = { value: `${id}.input`, after: parts.length };
    }
    const site = subLayerSite(id, kind, more, parts.length, inputFrom);
    part(id, (g, stream) => {
      for (const [index, value] of emit(g, stream, id).entries()) stream.set(site.values[index] as string, value);
    });
    subLayers.push(site);
    if (merge)
      part(`${id}.merge`, (g, stream) =>
        merge(
          g,
          stream,
          site.values.map((value) => stream.get(value)),
        ),
      );
  };

  return {
    part,
    /** A block of the layout; `end` runs after all of its sub-layers. */
    block({ id, subLayers: those }: BlockLayout, emits: Readonly<Record<string, SubLayer>>, end?: Emit): void {
      const from = parts.length;
      for (const one of those) subLayer(`${id}.${one[0]}`, one, emits[one[0]] as SubLayer);
      if (end) part(`${id}.end`, end);
      blocks.push({ from, to: parts.length });
    },
    model({ timestepEmbedding = { value: "temb", after: 1 }, ...rest }: Rest): Model {
      const { stream, last } = layout;
      return {
        volume: (_, latents) => latents,
        ...rest,
        parts,
        weights,
        parameters: weights.parameters,
        output: "prediction",
        sites: siteMap({ subLayers, textKv, blocks, stream, last, parts: parts.length, output: "prediction" }),
        tap: tapsOf({
          architecture: rest.architecture,
          stream: stream[0] as string,
          blocks,
          subLayers,
          parts: parts.length,
          modulatedInput,
          timestepEmbedding,
        }),
      };
    },
  };
};
