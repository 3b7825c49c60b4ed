import type { Clip } from "../clip.js";
import { EngineError } from "../errors.js";
import { accept, aTensor } from "../expect.js";
import { aDomain, type Domain, type Pixel } from "../text/domain.js";
import { coloursOf } from "./colours.js";
import { courseOf } from "./course.js";
import { groundOf } from "./ground.js";
import { masksOf } from "./masks.js";
import { wordsOf } from "./object.js";

type Word = string | null;
type Words = ReturnType<typeof wordsOf>;

/** A word per slot as the pixels read, `null` where a frame shows no object; slots of a second object only if there is one. */
export type ClipReading = Readonly<
  Record<"background" | "colour" | "size" | "shape", Word> & { motion?: Word } & Partial<
      Record<"colour2" | "size2" | "shape2" | "motion2", Word>
    >
>;

/** The words of an object in the slots of the second. */
const numbered = (words: Words) => Object.fromEntries(Object.entries(words).map(([slot, word]) => [`${slot}2`, word]));

/**
 * Reads a clip's words back from its pixels, by geometry alone: ground from the edge, colours from the pixels that stand
 * out, then per object centre and area from the moments of its soft mask, shape and angle by the best overlap with
 * silhouettes drawn there, motion from the course of all these. Two objects are told apart by their colours; the first is
 * the one further to the left and to the top. The twin of training/adherence.py, which is right on 99 % of rendered clips
 * and more.
 *
 * @param clip one clip, square frames; an image has no motion
 * @throws EngineError "input-invalid" for several clips or frames that are not square
 */
export const readClip = (clip: Clip, domain: Domain): ClipReading => {
  accept("readClip", { clip: [clip, aTensor], domain: [domain, aDomain] });
  const [clips, channels, frames, side, width] = clip.dims as [number, number, number, number, number];
  if (clip.dims.length !== 5 || clips !== 1 || channels !== 3 || side !== width || frames < 1 || side < 1)
    throw new EngineError("input-invalid", `A clip of the shape [${clip.dims.join(", ")}] cannot be read.`, {
      hint: "Give one clip of three channels and square frames.",
    });
  const size = side * side;
  const pixel: Pixel = (channel, frame, row, column) =>
    (Math.min(1, Math.max(-1, clip.data[(channel * frames + frame) * size + row * side + column] as number)) + 1) / 2;
  const ground = groundOf(pixel, frames, side, domain);
  const pixels = Array.from({ length: frames * size }, (_, index) => {
    const [frame, row] = [Math.floor(index / size), Math.floor(index / side) % side];
    return [0, 1, 2].map((channel) => pixel(channel, frame, row, index % side));
  });
  const picture = { frames, side, pixels, ground: ground.rows };
  const colours = coloursOf(picture, domain);
  const [first, second] = masksOf(picture, colours, domain)
    .map(({ masks, hidden }, object) => {
      const { shape, ...course } = courseOf(masks, hidden, side);
      return {
        words: wordsOf(colours[object] as string, shape, course, domain),
        place: [...course.x, ...course.y].reduce((sum, value) => sum + value, 0),
      };
    })
    .toSorted((a, b) => a.place - b.place)
    .map(({ words }) => words) as [Words, Words?];
  return { background: ground.name, ...first, ...(second ? numbered(second) : {}) };
};
