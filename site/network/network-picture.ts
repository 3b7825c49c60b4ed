import type { CacheMethod, Site, SiteKind, SiteMap } from "diffusion-cache";
import { inOrder, kindNames } from "../grid/grid-rows.js";
import { codeOf } from "../page/failure.js";

// A picture of a network from its sites: one row for each block, a cell for each sub-layer, frames for what is wider.

const [width, margin, rowHeight, gap] = [320, 10, 26, 5];

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What a shape shows of the network; a title and a number are words alone. */
export type Role = "step" | "network" | "block" | "cell" | "chip" | "difference" | "title" | "number";

/** A frame, or words, of which some are lit: kept. */
export type Shape = { readonly role: Role; readonly lit: boolean } & (
  | { readonly box: Box }
  | { readonly x: number; readonly y: number; readonly words: string }
);

const rect = (box: Box, role: Role, lit: boolean): Shape => ({ role, lit, box });
const text = (x: number, y: number, words: string, role: Role, lit = false): Shape => ({ role, lit, x, y, words });

const cellName = ({ id, kind }: Site): string =>
  id.endsWith("ff_context") ? "text f-f" : kind.replace("-attention", "").replace("feed-forward", "feed-fwd");

/** The blocks of a network with their sub-layers, in the order of execution. */
const blocksOf = (map: SiteMap) =>
  Array.from({ length: map.depth }, (_, index) => {
    const { from, to } = map.blocks(index, index + 1);
    return { index, from, to, cells: map.all().filter((site) => from <= site.from && site.to <= to) };
  });

/** The shapes of the picture, in the order in which they are drawn; `keptInWords` says the same. */
export const networkPicture = (
  map: SiteMap,
  kept: readonly Site[],
): { readonly width: number; readonly height: number; readonly shapes: readonly Shape[] } => {
  const lit = (id: string): boolean => kept.some((site) => site.id === id);
  const ranges = kept.filter(({ kind }) => kind === "blocks");
  const keys = map.all("text-kv");
  const blocks = blocksOf(map);
  const top = 52;
  const left = 2 * margin + 20;
  const room = width - left - 2 * margin;
  const rows = blocks.flatMap(({ index, from, to, cells }) => {
    const y = top + index * (rowHeight + gap);
    const inside = ranges.some((range) => range.from <= from && to <= range.to);
    const each = (room - 3 * (cells.length + 1)) / cells.length;
    const drawn = cells.flatMap((site, at) => {
      const box = { x: left + 3 + at * (each + 3), y: y + 3, width: each, height: rowHeight - 6 };
      const here = lit(site.id);
      const chip = keys.find(({ id }) => id === `${site.id}.text`);
      const mark = chip
        ? [
            rect({ x: box.x + each - 21, y: box.y + 3, width: 18, height: 14 }, "chip", lit(chip.id)),
            text(box.x + each - 12, box.y + 14, "K V", "chip", lit(chip.id)),
          ]
        : [];
      const centre = box.x + (chip ? each - 22 : each) / 2;
      return [rect(box, "cell", here), text(centre, box.y + 14, cellName(site), "cell", here), ...mark];
    });
    const frame = rect({ x: left, y, width: room, height: rowHeight }, "block", inside);
    return [frame, text(left - 8, y + 17, String(index + 1), "number"), ...drawn];
  });
  const end = top + blocks.length * (rowHeight + gap);
  const network: Box = { x: margin, y: 30, width: width - 2 * margin, height: end - 30 + 6 };
  const difference: Box = { x: margin, y: network.y + network.height + 10, width: width - 2 * margin, height: 30 };
  const step: Box = { x: 1, y: 1, width: width - 2, height: difference.y + difference.height + 9 };
  return {
    width,
    height: step.height + 2,
    shapes: [
      rect(step, "step", lit("guided")),
      text(margin, 19, "One step", "title"),
      rect(network, "network", lit("output")),
      text(2 * margin, 46, "The network, once for each pass", "title"),
      ...rows,
      rect(difference, "difference", lit("uncond")),
      text(width / 2, difference.y + 20, "difference between the two passes", "cell", lit("uncond")),
    ],
  };
};

const inSeries = (words: readonly string[]): string =>
  words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${words.at(-1)}` : (words[0] ?? "");

/** What is kept, as a list of phrases: "the output of all 4 spatial attention and 2 of 4 cross-attention layers". */
export const keptInWords = (map: SiteMap, kept: readonly Site[]): readonly string[] => {
  const of = (kind: SiteKind): readonly Site[] => kept.filter((site) => site.kind === kind);
  const share = (kind: SiteKind): string => {
    const [count, all] = [of(kind).length, map.all(kind).length];
    return count === all ? `all ${all}` : `${count} of ${all}`;
  };
  const subLayers = inOrder(map.all().map(({ kind }) => kind)).filter((kind) => of(kind).length > 0);
  const inside = inSeries(subLayers.map((kind) => `${share(kind)} ${kindNames[kind].toLowerCase()}`));
  const blocks = of("blocks").map(({ id, since, from }) => {
    const [, first, last] = /^blocks\.(\d+)-(\d+)$/.exec(id) ?? [];
    const all = Number(first) === 0 && Number(last) === map.depth;
    const also = since !== undefined && since < from ? ", with what the blocks before them add" : "";
    return `what ${all ? `all ${last} blocks` : `blocks ${Number(first) + 1} to ${last}`} add to the stream${also}`;
  });
  const whole = (kind: "output" | "guided", name: string): string[] =>
    of(kind).map(({ keeps }) => (keeps === "residual" ? `what ${name} adds to its latents` : `what ${name} predicts`));
  return [
    ...(inside ? [`the output of ${inside} layers`] : []),
    ...(of("text-kv").length > 0 ? [`the text's keys and values in ${share("text-kv")} cross-attention layers`] : []),
    ...blocks,
    ...whole("output", "a pass"),
    ...of("uncond").map(() => "the difference between the passes with and without the text"),
    ...whole("guided", "a whole step"),
  ];
};

/** The sites that methods keep in a network; none where it has nothing for them. */
export const keptSites = (methods: readonly CacheMethod[], map: SiteMap): readonly Site[] => {
  try {
    return methods.flatMap((method) => method.parts ?? [method]).flatMap((method) => method.sites(map));
  } catch (error) {
    if (codeOf(error) === "site-missing") return [];
    throw error;
  }
};

/** The sentence under the picture. */
export const keptSentence = (title: string, model: string, map: SiteMap, kept: readonly Site[]): string =>
  kept.length > 0
    ? `${title} keeps ${keptInWords(map, kept).join("; ")}.`
    : `${model} has nothing that ${title} keeps.`;
