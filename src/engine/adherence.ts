import type { Clip } from "./engine.js";
import { type ClipReading, readClip } from "./metrics/adherence.js";
import { parsePrompt, type Vocabulary } from "./text/vocabulary.js";

/** Whether a clip shows what was asked. */
export interface Adherence {
  /** The words of the prompt by slot; only slots that it fills and a clip can show. */
  readonly asked: Readonly<Record<string, string>>;
  readonly reading: ClipReading;
  /** Slots in which the clip reads otherwise. */
  readonly wrong: readonly string[];
}

/**
 * Reads a clip and compares it with its prompt; undefined for a model that does not say what its words look like, and
 * for a prompt of several objects, which cannot be told apart yet.
 *
 * @throws EngineError "prompt-invalid"; "input-invalid" for several clips
 */
export const adherence = (vocabulary: Vocabulary, clip: Clip, prompt: string): Adherence | undefined => {
  const slots = parsePrompt(vocabulary, prompt);
  if (!vocabulary.domain || Object.entries(slots).some(([slot, word]) => slot.endsWith("2") && word !== null))
    return undefined;
  const reading = readClip(clip, vocabulary.domain);
  const asked = Object.fromEntries(
    Object.entries(slots).filter((entry): entry is [string, string] => entry[1] !== null && entry[0] in reading),
  );
  return { asked, reading, wrong: Object.keys(asked).filter((slot) => reading[slot as "shape"] !== asked[slot]) };
};
