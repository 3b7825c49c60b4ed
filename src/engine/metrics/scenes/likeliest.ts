import type { Discriminant } from "../../text/scene-looks.js";

/** The class that the features speak for. */
export const likeliest = <Word>(features: readonly number[], { words, weights, offsets }: Discriminant<Word>): Word => {
  const score = (row: number): number =>
    features.reduce((sum, value, i) => sum + value * (weights[row]?.[i] ?? 0), offsets[row] ?? 0);
  const best = words.reduce((found, _, row) => (score(row) > score(found) ? row : found), 0);
  return words[best] as Word;
};
