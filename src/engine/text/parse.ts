import { EngineError } from "../errors.js";
import { editDistance } from "./edit-distance.js";
import { type Choice, type Grammar, type Term, type Token, tokensOf } from "./grammar.js";

/** How far a text has been understood. */
export interface Reading {
  /** The word of each slot that is filled. */
  readonly words: ReadonlyMap<string, string>;
  /** Tokens understood; all of them when the text is a sentence so far. */
  readonly read: number;
  /** What may follow, in the template's order. */
  readonly next: readonly Term[];
  /** Whether the text may end here: no clause is open without a word in it. */
  readonly complete: boolean;
}

/** What may stand behind term `at`: the rest of its clause, or the opening of a later one. */
const following = (grammar: Grammar, objects: number, at: number, filled: boolean): readonly Term[] => {
  const clause = grammar[at]?.clause ?? 0;
  const begun = filled || clause === 0;
  return grammar.filter((term, i) => {
    if (i <= at) return false;
    if (term.clause !== clause) return term.opens && begun && term.object <= objects;
    return term.slot !== undefined || filled;
  });
};

/** Reads tokens as far as the grammar goes; at each point the longest word that may stand there. */
export const readTokens = (grammar: Grammar, objects: number, tokens: readonly Token[]): Reading => {
  const words = new Map<string, string>();
  let at = -1;
  let read = 0;
  let filled = false;
  for (;;) {
    const next = following(grammar, objects, at, filled);
    const matches = next.flatMap((term) =>
      term.choices
        .filter(({ split }) => split.every((word, i) => tokens[read + i]?.word === word))
        .map((choice) => ({ term, choice })),
    );
    const longest = matches.sort((a, b) => b.choice.split.length - a.choice.split.length)[0];
    if (!longest) return { words, read, next, complete: filled || (grammar[at]?.clause ?? 0) === 0 };
    const { term, choice } = longest;
    if (term.slot !== undefined) words.set(term.slot, choice.word);
    filled = term.slot !== undefined || (filled && !term.opens);
    at = grammar.indexOf(term);
    read += choice.split.length;
  }
};

/** A word as a message shows it. */
const shown = (word: string) => `"${word.length > 40 ? `${word.slice(0, 39)}…` : word}"`;

const listed = ({ slot, choices }: Term): string =>
  slot === undefined
    ? `"${choices[0]?.word}" may follow.`
    : `The ${slot.replace(/2$/, " of the second object")} is one of ${choices.map(({ word }) => word).join(", ")}.`;

/** The known word next to what stands at token `at`, by edit distance; one that may stand there wins a tie. */
const nearest = (grammar: Grammar, next: readonly Term[], tokens: readonly Token[], at: number) => {
  let best: { term: Term; choice: Choice; distance: number } | undefined;
  for (const term of [...next, ...grammar])
    for (const choice of term.choices) {
      const found = tokens.slice(at, at + choice.split.length).map(({ word }) => word);
      const distance = editDistance(found.join(" ").slice(0, 40), choice.split.join(" "));
      if (!best || distance < best.distance) best = { term, choice, distance };
    }
  return best;
};

const promptError = (message: string, hint: string) => new EngineError("prompt-invalid", message, { hint });

/** Why a text is no sentence of the grammar. */
const explain = (grammar: Grammar, objects: number, tokens: readonly Token[], { read, next }: Reading): EngineError => {
  const token = tokens[read];
  if (!token)
    return promptError(
      `The prompt ends after ${shown(tokens.at(-1)?.word ?? "")}.`,
      next.map(listed).join(" ") || "Leave that word out.",
    );
  const opensObject = grammar.some((term) => term.opens && term.object === 2 && term.choices[0]?.word === token.word);
  if (objects === 1 && (opensObject || token.word === "and"))
    return promptError(
      `Word ${token.place} of the prompt, ${shown(token.word)}, begins a second object; this model was trained on one.`,
      "Ask for one object.",
    );
  const best = nearest(grammar, next, tokens, read);
  if (!best)
    return promptError(`Word ${token.place} of the prompt, ${shown(token.word)}, is one too many.`, "Remove it.");
  const { term, choice, distance } = best;
  if (distance === 0) {
    const order = grammar.map(({ slot, choices }) => (slot === undefined ? choices[0]?.word : `{${slot}}`)).join(" ");
    return promptError(
      `Word ${token.place} of the prompt, ${shown(token.word)}, cannot stand there.`,
      `The order is: ${order}. Each of these stands there once or not at all.`,
    );
  }
  const same = choice.split.findIndex((word, i) => tokens[read + i]?.word !== word);
  const wrong = tokens[read + same];
  const message = wrong
    ? `Word ${wrong.place} of the prompt, ${shown(wrong.word)}, is not in this model's vocabulary.`
    : `The prompt ends after ${shown(tokens.at(-1)?.word ?? "")}.`;
  // A word that is like none does not say what was meant: then all that may stand there.
  if (distance > Math.max(2, choice.word.length / 3))
    return promptError(message, next.map(listed).join(" ") || "Leave that word out.");
  return promptError(message, `Did you mean "${choice.word}"? ${listed(term)}`);
};

/**
 * The word of each slot that a sentence fills.
 *
 * @param objects how many objects a sentence may speak of
 * @throws EngineError "prompt-invalid"
 */
export const parse = (grammar: Grammar, objects: number, text: string): ReadonlyMap<string, string> => {
  const tokens = tokensOf(text);
  const reading = readTokens(grammar, objects, tokens);
  if (reading.read < tokens.length || !reading.complete) throw explain(grammar, objects, tokens, reading);
  return reading.words;
};

/**
 * What may follow a text, or finish its last word.
 *
 * @returns the words, and where in the text the word begins that they replace; the length of the text when they are to
 *   be added. No words when the text is wrong before its end.
 */
export const continuations = (grammar: Grammar, objects: number, text: string) => {
  const tokens = tokensOf(text);
  const last = tokens.at(-1);
  // Behind the last word stands a space, a comma or an article: that word is finished.
  const spaced = !last || last.start + last.word.length < text.length;
  const most = Math.max(...grammar.flatMap(({ choices }) => choices.map(({ split }) => split.length)));
  for (let open = Math.min(most, tokens.length); open >= 0; open--) {
    const begun = tokens.slice(tokens.length - open);
    const { read, next } = readTokens(grammar, objects, tokens.slice(0, tokens.length - open));
    if (read < tokens.length - open) continue;
    const typed = begun.map(({ word }) => word).join(" ") + (spaced && open > 0 ? " " : "");
    const words = next.flatMap(({ choices }) =>
      choices.filter(({ split }) => split.join(" ").startsWith(typed)).map(({ word }) => word),
    );
    if (words.length > 0 && (open > 0 || spaced)) return { from: begun[0]?.start ?? text.length, words };
  }
  return { from: text.length, words: [] };
};
