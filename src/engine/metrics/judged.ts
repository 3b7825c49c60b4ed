import type { Clip } from "../clip.js";
import { parsePrompt, type Slots, type Vocabulary } from "../text/vocabulary.js";
import { readClip } from "./adherence.js";
import { readScenes } from "./scenes/read-scenes.js";

/** A word by slot as the pixels read, `null` where a frame shows no object. */
type Reading = Readonly<Record<string, string | null | undefined>>;

/** Whether a clip shows what was asked. */
export interface Adherence {
  /** The words of the prompt by slot; only slots that it fills and a clip can show. */
  readonly asked: Readonly<Record<string, string>>;
  /** What the clip shows; of two objects, the first is the one that agrees with the prompt in more words. */
  readonly reading: Reading;
  /** Slots in which the clip reads otherwise, those of a missing object included; "count" where it shows one too many. */
  readonly wrong: readonly string[];
}

/** Slots of the second object by those of the first. */
const second = { colour: "colour2", size: "size2", shape: "shape2", motion: "motion2" } as const;

/** The same reading with its two objects in the other order. */
const exchanged = (reading: Reading): Reading => {
  const others = Object.entries(second).flatMap(([one, other]) => [
    [one, reading[other]],
    [other, reading[one]],
  ]);
  return { ...reading, ...Object.fromEntries(others) };
};

/**
 * What a reading says against the words of a prompt. Which of two objects is the first is for the prompt to say: the order
 * that agrees in more words is taken.
 *
 * @param words by slot, null where the prompt leaves one out
 */
export const judged = (words: Slots, seen: Reading): Adherence => {
  const slots = new Set([...Object.keys(seen), ...("motion" in seen ? Object.values(second) : [])]);
  const asked = Object.fromEntries(
    Object.entries(words).filter((entry): entry is [string, string] => entry[1] !== null && slots.has(entry[0])),
  );
  const wrongIn = (one: Reading) => Object.keys(asked).filter((slot) => one[slot] !== asked[slot]);
  const two = "shape2" in seen;
  const reading = two && wrongIn(exchanged(seen)).length < wrongIn(seen).length ? exchanged(seen) : seen;
  const extra = two && !Object.keys(asked).some((slot) => slot.endsWith("2"));
  return { asked, reading, wrong: [...wrongIn(reading), ...(extra ? ["count"] : [])] };
};

/**
 * Reads a clip and compares it with its prompt; undefined for a model that does not say what its words look like.
 *
 * @throws EngineError "prompt-invalid"; "input-invalid" for several clips
 */
export const adherence = (vocabulary: Vocabulary, clip: Clip, prompt: string): Adherence | undefined => {
  const words = parsePrompt(vocabulary, prompt);
  if (vocabulary.scenes) return judged(words, { ...readScenes(clip, vocabulary.scenes) });
  return vocabulary.domain && judged(words, readClip(clip, vocabulary.domain));
};
