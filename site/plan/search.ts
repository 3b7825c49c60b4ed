import { type Candidate, candidates, type MethodName, modelCard } from "diffusion-cache";
import type { Choice } from "./choice.js";

/** All methods on the model of the page, one setting each or many. Gives way to the page between plans. */
export const candidatesFor = async function* (
  choice: Choice,
  many: boolean,
  published: (method: MethodName) => Readonly<Record<string, unknown>> | undefined,
): AsyncGenerator<Candidate> {
  const { card, width, height, frames, steps, dtype, share } = choice;
  const request = { card: modelCard(card), width, height, frames, steps, dtype };
  for (const one of candidates(request, { many, published, ...(share > 0 ? { share } : {}) })) {
    await new Promise((done) => setTimeout(done));
    yield one;
  }
};

/** How ready a method is in the model's pipeline by what the support table says; last where diffusers has it not. */
const readiness = (state: string | undefined): number =>
  ["works", "one-call", "own-callback", undefined].indexOf(state) + 1 || 5;

/** The same, what runs in the model's pipeline first. */
export const readyFirst = (
  all: readonly Candidate[],
  stateOf: (method: string) => string | undefined,
): readonly Candidate[] => all.toSorted((a, b) => readiness(stateOf(a.method)) - readiness(stateOf(b.method)));
