import type { Site, SiteKind, SiteMap } from "../method.js";
import { type Span, siteMap } from "../models/sites.js";
import type { BlockGroup, ModelCard, Shape, SubLayer, WorkKind } from "./card.js";
import { addFlops, type Flops, flopsOf, noFlops } from "./flops.js";
import { countRows, type Tokens } from "./rows.js";

/** One step of the forward pass: what runs or is left out as a whole. */
export interface CardPart {
  readonly kind: WorkKind;
  readonly flops: Flops;
}

/** The network of a card at one size, as caching methods see it: parts in order, sites over them, numbers of a tensor. */
export interface CardNetwork {
  readonly parts: readonly CardPart[];
  readonly sites: SiteMap;
  /** Numbers of a stream value, for one clip and branch. */
  elements(value: string): number;
  /** Numbers of what a probe reads. */
  tapElements(tap: string): number;
}

/** Where a published implementation keeps an output: at diffusers' modules, or behind whatever joins them. */
export type Modules = "diffusers" | "whole";

const siteKinds: Readonly<Partial<Record<WorkKind, SiteKind>>> = {
  "spatial-attention": "spatial-attention",
  "self-attention": "spatial-attention",
  "joint-attention": "spatial-attention",
  "temporal-attention": "temporal-attention",
  "cross-attention": "cross-attention",
  "feed-forward": "feed-forward",
};

/** Blocks in the order in which they run, each with its index in its list of modules. */
const ordered = ({ blocks, interleaved = false }: ModelCard): readonly { group: BlockGroup; index: number }[] => {
  const counts = new Map<string, number>();
  const next = (group: BlockGroup) => {
    const index = counts.get(group.name) ?? 0;
    counts.set(group.name, index + 1);
    return { group, index };
  };
  if (!interleaved) return blocks.flatMap((group) => Array.from({ length: group.repeat }, () => next(group)));
  const most = Math.max(...blocks.map(({ repeat }) => repeat));
  return Array.from({ length: most }, (_, at) => blocks.filter(({ repeat }) => at < repeat).map(next)).flat();
};

/** Products that make keys and values of the text alone, the same in every step. */
const ofText = ({ kind, linears }: SubLayer) =>
  kind === "cross-attention" ? linears.filter(([rows]) => !/[NSI]/.test(rows)) : [];

/** The network of a card for so many tokens. Sites are named by their module paths in diffusers. */
export const cardNetwork = (card: ModelCard, tokens: Tokens, modules: Modules = "diffusers"): CardNetwork => {
  const parts: CardPart[] = [];
  const elements = new Map<string, number>();
  const [subLayers, textKv, spans]: [Site[], Site[], Span[]] = [[], [], []];
  const size = (shapes: readonly Shape[]): number =>
    shapes.reduce((sum, [rows, width]) => sum + countRows(rows, tokens) * width, 0);
  const part = (kind: WorkKind, flops: Flops): Span => {
    parts.push({ kind, flops });
    return { from: parts.length - 1, to: parts.length };
  };
  const site = (id: string, kind: SiteKind, span: Span, numbers: number): Site => {
    elements.set(id, numbers);
    return { id, kind, ...span, values: [id], keeps: "value" };
  };

  const outside = (which: (kind: WorkKind) => boolean): void => {
    for (const work of card.outside.filter(({ kind }) => which(kind))) part(work.kind, flopsOf(work, tokens));
  };
  outside((kind) => kind !== "head");
  for (const { group, index } of ordered(card)) {
    const from = parts.length;
    for (const layer of group.sublayers) {
      const { kind, out = [], after } = layer;
      const siteKind = layer.site === undefined ? undefined : siteKinds[kind];
      if (siteKind === undefined) {
        part(kind, flopsOf(layer, tokens));
        continue;
      }
      const id = `${group.name}.${index}.${layer.site}`;
      const first = parts.length;
      const text = ofText(layer);
      if (text.length > 0) {
        const shapes = text.map(([rows, , width]): Shape => [rows, width]);
        textKv.push(site(`${id}.text`, "text-kv", part(kind, flopsOf({ linears: text }, tokens)), size(shapes)));
      }
      const own = { ...layer, linears: layer.linears.filter((one) => !text.includes(one)) };
      const rest = after ? flopsOf(after, tokens) : noFlops;
      const whole = modules === "whole" && after !== undefined;
      const flops = flopsOf(own, tokens);
      const { to } = part(kind, whole ? addFlops(flops, rest) : flops);
      // An attention that is skipped needs no keys and values of the text either.
      subLayers.push(site(id, siteKind, { from: first, to }, size(whole ? after.out : out)));
      if (after && !whole) part(kind, rest);
    }
    spans.push({ from, to: parts.length });
  }
  outside((kind) => kind === "head");

  elements.set("x", size(card.blocks.at(-1)?.stream ?? []));
  elements.set("prediction", tokens.N * card.prediction);
  elements.set("latents", tokens.N * card.latent.channels * card.patch.reduce((product, side) => product * side, 1));
  const named = (value: string): number => elements.get(value) ?? 0;
  return {
    parts,
    sites: siteMap({
      ...{ subLayers, textKv, blocks: spans, stream: ["x"], parts: parts.length, output: "prediction" },
    }),
    elements: named,
    tapElements: (tap) => {
      if (tap === "latents") return named("latents");
      if (tap === "output") return named("prediction");
      if (tap === "timestep-embedding") return 0;
      return elements.get(tap) ?? named("x");
    },
  };
};
