import { EngineError, shown } from "../errors.js";
import type { Tensor } from "../tensor.js";
import type { Domain } from "./domain.js";
import { type Grammar, grammarOf, type Slot } from "./grammar.js";
import { continuations, parse } from "./parse.js";
import type { SceneLooks } from "./scene-looks.js";

/** `text/vocabulary.json` of a model, checked. */
export interface Vocabulary {
  /** Rows of the condition, in this order. */
  readonly slots: readonly Slot[];
  /** The full sentence with `{slot}` in each slot's place; slots of a second object end in 2. */
  readonly template: string;
  /** Object clauses that the checkpoint was trained for. */
  readonly objects: number;
  /** Columns of the condition: one for the pad word, then one for every word of every slot in order. */
  readonly columns: number;
  readonly grammar: Grammar;
  /** What the words look like, where the file says so: what `readClip` takes. */
  readonly domain?: Domain;
  /** The same for a model of landscapes: what `readScenes` takes. */
  readonly scenes?: SceneLooks;
}

/** The word in each slot; null where the sentence leaves it out. */
export type Slots = Readonly<Record<string, string | null>>;

/** Beyond these a condition is no list of words but a data set, and a sentence could not be read in a moment. */
const [mostSlots, mostWords, mostCharacters] = [64, 4096, 10_000];

const invalid = (why: string): EngineError =>
  new EngineError("file-invalid", `The vocabulary is not valid: ${why}.`, {
    hint: "Download text/vocabulary.json again, or write it as the checkpoint format asks.",
  });

const isSlot = (value: unknown): value is Slot =>
  typeof value === "object" &&
  value !== null &&
  "name" in value &&
  typeof value.name === "string" &&
  /^[a-z][a-z0-9_]*$/.test(value.name) &&
  "words" in value &&
  Array.isArray(value.words) &&
  value.words.length > 0 &&
  value.words.every((word) => typeof word === "string" && /^[a-z0-9-]+( [a-z0-9-]+)*$/.test(word));

/**
 * Checks a parsed `text/vocabulary.json`: `{ version: 1, slots: [{ name, words }], template, objects }`. Fields beside these are
 * left alone.
 *
 * @throws EngineError "file-invalid"
 */
export const vocabularyFromJson = (json: unknown): Vocabulary => {
  if (typeof json !== "object" || json === null) throw invalid("it is not a JSON object");
  const { version = 1, slots, template, objects = 1, domain, scenes } = json as Record<string, unknown>;
  if (version !== 1) throw invalid(`its version is ${shown(version)}; this engine reads version 1`);
  if (!Array.isArray(slots) || slots.length === 0) throw invalid("slots is not a list of slots");
  for (const [i, slot] of slots.entries())
    if (!isSlot(slot)) throw invalid(`slot ${i} is not { name, words } in lower-case words, but ${shown(slot)}`);
  const words = (slots as Slot[]).reduce((sum, slot) => sum + slot.words.length, 0);
  if (slots.length > mostSlots || words > mostWords)
    throw invalid(`it has ${slots.length} slots with ${words} words; the most are ${mostSlots} with ${mostWords}`);
  if (typeof template === "string" && template.length > mostCharacters)
    throw invalid(`the template has ${template.length} characters; the most are ${mostCharacters}`);
  if (typeof template !== "string") throw invalid(`template is ${shown(template)}, not a sentence`);
  if (typeof objects !== "number" || !Number.isInteger(objects) || objects < 1)
    throw invalid(`objects is ${shown(objects)}, not a whole number from 1 on`);
  const grammar = grammarOf(slots as Slot[], template, invalid);
  const columns = (slots as Slot[]).reduce((sum, { words }) => sum + words.length, 1);
  return {
    slots: slots as Slot[],
    template,
    objects,
    columns,
    grammar,
    ...(domain ? { domain: domain as Domain } : {}),
    ...(scenes ? { scenes: scenes as SceneLooks } : {}),
  };
};

/**
 * The slots of a sentence of the model's grammar. Any slot may be left out; case, spaces, commas, full stops, "a" and
 * "an" do not matter.
 *
 * @throws EngineError "prompt-invalid" that names the word, its place, the nearest known word and what may stand there
 */
export const parsePrompt = (vocabulary: Vocabulary, text: string): Slots => {
  const words = parse(vocabulary.grammar, vocabulary.objects, text);
  return Object.fromEntries(vocabulary.slots.map(({ name }) => [name, words.get(name) ?? null]));
};

/**
 * One-hot rows, [1, slots, columns]: column 0 is the pad word, for an empty slot; then follow the words of the first
 * slot, of the second, and so on. Python builds the same rows from the same file.
 *
 * @throws EngineError "prompt-invalid" for a word that its slot does not take
 */
export const encode = (vocabulary: Vocabulary, slots: Slots): Tensor => {
  const { columns } = vocabulary;
  const data = new Float32Array(vocabulary.slots.length * columns);
  let first = 1;
  for (const [row, { name, words }] of vocabulary.slots.entries()) {
    const word = slots[name] ?? null;
    const column = word === null ? 0 : first + words.indexOf(word);
    if (word !== null && !words.includes(word))
      throw new EngineError("prompt-invalid", `The slot "${name}" does not take the word "${word}".`, {
        hint: `It takes ${words.join(", ")}.`,
      });
    data[row * columns + column] = 1; // [slots, columns]
    first += words.length;
  }
  return { dims: [1, vocabulary.slots.length, columns], data };
};

/** `encode` of `parsePrompt`. */
export const encodePrompt = (vocabulary: Vocabulary, text: string): Tensor =>
  encode(vocabulary, parsePrompt(vocabulary, text));

/** The condition of no text: every slot empty. */
export const unconditional = (vocabulary: Vocabulary): Tensor => encode(vocabulary, {});

/** Words that a prompt box may offer. */
export interface Completions {
  /** Where the word begins that they replace, in characters; the text's length when they are to be added. */
  readonly from: number;
  /** In the order of the sentence; none when the text is wrong before its end. */
  readonly words: readonly string[];
}

/** The words that may follow `text`, or finish the word it ends in. */
export const complete = (vocabulary: Vocabulary, text: string): Completions =>
  continuations(vocabulary.grammar, vocabulary.objects, text);
