/** Fisher's linear discriminant: the likeliest class has the greatest weights · features + offset. */
export interface Discriminant<Word> {
  /** The classes, in the order of the rows. */
  readonly words: readonly Word[];
  readonly weights: readonly (readonly number[])[];
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

/** The class that the features speak for. */
export const likeliest = <Word>(features: readonly number[], { words, weights, offsets }: Discriminant<Word>): Word => {
  const score = (row: number): number =>
    features.reduce((sum, value, i) => sum + value * (weights[row]?.[i] ?? 0), offsets[row] ?? 0);
  const best = words.reduce((found, _, row) => (score(row) > score(found) ? row : found), 0);
  return words[best] as Word;
};
