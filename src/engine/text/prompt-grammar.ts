import type { Slot, Term } from "./grammar.js";
import { type Completions, complete, parsePrompt, type Slots, vocabularyFromJson } from "./vocabulary.js";

/** The sentences that a model takes. */
export interface PromptGrammar {
  /** What a sentence may say and with which words; a second object's slots only where the model was trained for two. */
  readonly slots: readonly Slot[];
  /**
   * The word in each slot of a sentence; null where it leaves one out.
   *
   * @throws EngineError "prompt-invalid" that names the word, the nearest known one and what may stand there
   */
  parse(text: string): Slots;
  /** The words that may follow a text, or finish the word it ends in. */
  complete(text: string): Completions;
  /** The sentence that says these words; a clause without any is left out. */
  write(slots: Slots): string;
}

const article = (next: string): string => (/^[aeiou]/.test(next) ? "an" : "a");

/** The words of one clause, an article before the first that fills a slot where the template's clause has one. */
const clause = (terms: readonly Term[], slots: Slots): readonly string[] => {
  const said = terms.flatMap(({ slot, choices }) => {
    const word = slot === undefined ? choices[0]?.word : slots[slot];
    return word ? [{ word, fills: slot !== undefined }] : [];
  });
  const first = said.findIndex(({ fills }) => fills);
  if (first < 0) return [];
  const articled = terms.some((term) => term.article);
  return said.flatMap(({ word }, at) => (at === first && articled ? [article(word), word] : [word]));
};

/**
 * The grammar of a model's prompts, for checking and writing them before the model is loaded.
 *
 * @param json the model's parsed `text/vocabulary.json`
 * @throws EngineError "file-invalid"
 */
export const promptGrammar = (json: unknown): PromptGrammar => {
  const vocabulary = vocabularyFromJson(json);
  const { grammar, objects } = vocabulary;
  const clauses = [...new Set(grammar.map((term) => term.clause))];
  const spoken = (name: string): boolean =>
    (grammar.find(({ slot }) => slot === name)?.object ?? 1) <= objects || !name.endsWith("2");
  return {
    slots: vocabulary.slots.filter(({ name }) => spoken(name)),
    parse: (text) => parsePrompt(vocabulary, text),
    complete: (text) => complete(vocabulary, text),
    write: (slots) =>
      clauses
        .flatMap((one) =>
          clause(
            grammar.filter((term) => term.clause === one),
            slots,
          ),
        )
        .join(" "),
  };
};
