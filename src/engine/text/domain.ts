import { aNumber, both, type Check, fields, is, listOf, mapOf } from "../expect.js";
/** What the words of a model look like: colours in 0 … 255, a ground by its top and bottom, sizes as radii. */
export interface Domain {
  /** Red, green and blue by the word, 0 … 255. */
  readonly colours: Readonly<Record<string, readonly number[]>>;
  /** Colour at the top and at the bottom by the word, 0 … 255; equal for a plain one. */
  readonly backgrounds: Readonly<Record<string, readonly [readonly number[], readonly number[]]>>;
  /** Radius by the word, over the frame's height. */
  readonly sizes: Readonly<Record<string, number>>;
}

const aColour = listOf(aNumber, { least: 3, most: 3 });

const someOf = (item: Check, least = 1): Check =>
  both(
    mapOf(item),
    is(`at least ${least} of them`, (value) => Object.keys(value as object).length >= least),
  );

/** What the fields of a {@link Domain} are. */
export const aDomain = fields({
  colours: someOf(aColour),
  backgrounds: someOf(listOf(aColour, { least: 2, most: 2 })),
  sizes: someOf(aNumber, 2),
});

/** One value of a frame, 0 to 1. */
export type Pixel = (channel: number, frame: number, row: number, column: number) => number;

/** Squared distance of two colours. */
export const squared = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, index) => sum + (value - (b[index] as number)) ** 2, 0);

/** The first of the choices with the smallest error. */
export const nearest = <T>(choices: readonly T[], error: (one: T) => number): T =>
  choices.reduce((best, one) => (error(one) < error(best) ? one : best));
