import type { EngineError } from "../errors.js";

/** A place in a sentence and the words it takes; a word may consist of several ("moving right"). */
export interface Slot {
  /** As the template names it: "colour"; with a 2 behind it for a second object. */
  readonly name: string;
  /** Each in lower case. */
  readonly words: readonly string[];
}

/** A word that may stand in a sentence, and its parts without articles. */
export interface Choice {
  readonly word: string;
  readonly split: readonly string[];
}

/** One thing that may stand in a sentence, in the template's order. */
export interface Term {
  /** The slot it fills; undefined for a fixed word of the template ("and", "on", "background"). */
  readonly slot: string | undefined;
  readonly choices: readonly Choice[];
  /** Index of the clause it belongs to: 0, or one more from each opening on. */
  readonly clause: number;
  /** A fixed word that begins its clause. */
  readonly opens: boolean;
  /** Whether the template has an article before it. */
  readonly article: boolean;
  /** Which object its clause speaks of: 2 where the clause's slots end in 2, else 1. */
  readonly object: number;
}

/** A template taken apart: what may stand in a sentence, in order. */
export type Grammar = readonly Term[];

/** A word of a text: its place counts from 1, its start in characters from 0. */
export interface Token {
  readonly word: string;
  readonly place: number;
  readonly start: number;
}

const isArticle = (word: string) => word === "a" || word === "an";

/** The words of a text in lower case, without articles, commas and full stops. */
export const tokensOf = (text: string): Token[] =>
  [...text.matchAll(/[^\s.,]+/g)]
    .map((match, i) => ({ word: match[0].toLowerCase(), place: i + 1, start: match.index }))
    .filter(({ word }) => !isArticle(word));

const choiceOf = (word: string): Choice => ({ word, split: tokensOf(word).map((token) => token.word) });

/**
 * Takes a template apart. A clause begins with each fixed word directly before a slot (articles aside); other fixed
 * words close theirs. Every slot stands in the template once, and within a clause no word means two things.
 *
 * @throws the error that `invalid` makes of a reason
 */
export const grammarOf = (slots: readonly Slot[], template: string, invalid: (why: string) => EngineError): Grammar => {
  const written = template.split(/\s+/).filter((part) => part !== "");
  const parts = written.filter((part) => !isArticle(part));
  const articles = written.flatMap((part, at) => (isArticle(part) ? [] : [isArticle(written[at - 1] ?? "")]));
  let clause = 0;
  const plain = parts.map((part, i): Omit<Term, "object"> => {
    const article = articles[i] === true;
    const slot = /^\{(.*)\}$/.exec(part)?.[1];
    if (slot === undefined) {
      if (!/^[a-z0-9-]+$/.test(part)) throw invalid(`the template holds "${part}", which is no lower-case word`);
      const opens = parts[i + 1]?.startsWith("{") === true;
      if (opens) clause++;
      return { slot, choices: [choiceOf(part)], clause, opens, article };
    }
    const words = slots.find(({ name }) => name === slot)?.words;
    if (!words) throw invalid(`the template names {${slot}}, which is no slot`);
    if (parts.indexOf(part) < i) throw invalid(`the template names {${slot}} twice`);
    return { slot, choices: words.map(choiceOf), clause, opens: false, article };
  });
  for (const { name } of slots)
    if (!plain.some(({ slot }) => slot === name)) throw invalid(`the template has no place for the slot "${name}"`);
  const grammar = plain.map((term) => {
    const second = plain.some((other) => other.clause === term.clause && other.slot?.endsWith("2"));
    return { ...term, object: second ? 2 : 1 };
  });
  for (const term of grammar) refuseAmbiguity(grammar, term, invalid);
  return grammar;
};

/** Whatever may follow at one point of a sentence must be told apart by its words. */
const refuseAmbiguity = (grammar: Grammar, term: Term, invalid: (why: string) => EngineError): void => {
  const rivals = grammar
    .filter((other) => other.clause === term.clause || other.opens)
    .flatMap(({ choices }) => choices);
  for (const choice of term.choices) {
    const key = choice.split.join(" ");
    if (key === "") throw invalid(`the word "${choice.word}" is only an article`);
    if (rivals.some((rival) => rival !== choice && rival.split.join(" ") === key))
      throw invalid(`the word "${choice.word}" means two things in one clause`);
  }
};
