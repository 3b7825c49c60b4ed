import type { Domain } from "../text/domain.js";
import { bodyOf, lights, type Picture, under } from "./colours.js";

/** Masks of side × side, 0 to 1, a frame each. */
export type Masks = readonly Float32Array[];

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, index) => sum + value * (b[index] as number), 0);
const less = (a: readonly number[], b: readonly number[]): number[] =>
  a.map((value, index) => value - (b[index] as number));

/** How much of a pixel is the object rather than the ground. */
const shareOf = (pixel: readonly number[], ground: readonly number[], body: readonly number[]): number => {
  const towards = less(body, ground);
  return dot(less(pixel, ground), towards) / dot(towards, towards);
};

/** Squared distance of a pixel from the nearest mixture of the ground and the colour in any light. */
const unlikeness = (pixel: readonly number[], ground: readonly number[], bodies: readonly number[][]): number =>
  Math.min(
    ...bodies.map((body) => {
      const share = Math.min(1, Math.max(0, shareOf(pixel, ground, body)));
      const rest = less(
        less(pixel, ground),
        less(body, ground).map((value) => share * value),
      );
      return dot(rest, rest);
    }),
  );

const inFrames = ({ frames, side }: Picture, value: (index: number) => number): Float32Array[] =>
  Array.from({ length: frames }, (_, frame) =>
    Float32Array.from({ length: side * side }, (_, at) => value(frame * side * side + at)),
  );

/** Whether two masks have pixels side by side. */
const touch = (a: Float32Array, b: Float32Array, side: number): boolean => {
  const wide = (mask: Float32Array, at: number): boolean => {
    const [row, column] = [Math.floor(at / side), at % side];
    return [-1, 0, 1].some((dy) =>
      [-1, 0, 1].some((dx) => {
        const [y, x] = [row + dy, column + dx];
        return y >= 0 && x >= 0 && y < side && x < side && (mask[y * side + x] as number) > 0.3;
      }),
    );
  };
  return a.some((_, at) => wide(a, at) && wide(b, at));
};

/**
 * The masks of one object or two, and what of the other may hide it in the frames in which they touch.
 *
 * @param colours one or two words
 */
export const masksOf = (picture: Picture, colours: readonly string[], domain: Domain) => {
  const soft = colours.map((name) => {
    const body = bodyOf(domain, name);
    return inFrames(picture, (index) => {
      const share = shareOf(picture.pixels[index] as number[], under(picture, index), body);
      return Math.min(1, Math.max(0, (share - 0.15) / 0.7));
    });
  });
  const blank = () => new Float32Array(picture.side ** 2);
  const [one, other] = soft as [Float32Array[], Float32Array[]?];
  if (!other) return [{ masks: one, hidden: one.map(blank) }];
  const [likeOne, likeOther] = colours.map((name) => {
    const bodies = lights.map((light) => bodyOf(domain, name, light));
    return picture.pixels.map((pixel, index) => unlikeness(pixel, under(picture, index), bodies));
  }) as [number[], number[]];
  const first = inFrames(picture, (index) => Number((likeOne[index] as number) <= (likeOther[index] as number)));
  const masks = [one, other].map((own, object) =>
    own.map((mask, frame) => mask.map((value, at) => (first[frame]?.[at] === 1 - object ? value : 0))),
  ) as [Float32Array[], Float32Array[]];
  const touching = masks[0].map((mask, frame) => touch(mask, masks[1][frame] as Float32Array, picture.side));
  return masks.map((own, object) => ({
    masks: own,
    hidden: (masks[1 - object] as Float32Array[]).map((mask, frame) => (touching[frame] ? mask : blank())),
  }));
};
