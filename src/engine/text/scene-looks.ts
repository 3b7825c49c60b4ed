import { aNumber, aText, both, type Check, fields, is, listOf, mapOf } from "../expect.js";

/** Fisher's linear discriminant: the likeliest class has the greatest weights · features + offset. */
export interface Discriminant<Word> {
  /** The classes, in the order of the rows. */
  readonly words: readonly Word[];
  /** A row per class, a weight per feature. */
  readonly weights: readonly (readonly number[])[];
  /** One per class. */
  readonly offsets: readonly number[];
}

/** What the words of a model of landscapes look like: `scenes` of its `text/vocabulary.json`. */
export interface SceneLooks {
  /** Red, green and blue of an object by the word, 0 … 255. */
  readonly colours: Readonly<Record<string, readonly number[]>>;
  /** The light that falls on it by the time of day, 0 … 1 of red, green and blue. */
  readonly lamps: Readonly<Record<string, readonly number[]>>;
  /** Scene, time of day and weather by the bands of a clip. */
  readonly place: Discriminant<readonly [scene: string, time: string, weather: string]>;
  /** Kind of object by the form of its mask. */
  readonly object: Discriminant<string>;
}

const aColour = listOf(aNumber, { least: 3, most: 3 });

const some = both(
  mapOf(aColour),
  is("at least one of them", (value) => Object.keys(value as object).length > 0),
);

const aDiscriminant = (word: Check): Check =>
  both(
    fields({ words: listOf(word, { least: 1 }), weights: listOf(listOf(aNumber)), offsets: listOf(aNumber) }),
    is("with a row and an offset for each word", (value) => {
      const { words, weights, offsets } = value as Discriminant<unknown>;
      return weights.length === words.length && offsets.length === words.length;
    }),
  );

/** What the fields of {@link SceneLooks} are. */
export const aSceneLooks = fields({
  colours: some,
  lamps: some,
  place: aDiscriminant(listOf(aText, { least: 3, most: 3 })),
  object: aDiscriminant(aText),
});
