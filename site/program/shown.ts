import type { Adherence, Engine } from "diffusion-cache";
import type { Outcome } from "./example-module.js";
import type { SummaryKey } from "./summary.js";

/** What the clips of a pair of runs show; null where it cannot be read. */
export interface Shown {
  readonly uncached: Adherence | null;
  readonly cached: Adherence | null;
}

/** Reads both clips against the prompt. */
export const shownIn = async (engine: Engine, { uncached, cached }: Outcome): Promise<Shown> => {
  const read = async ({ clip, trace }: Outcome["cached"]) =>
    (trace.prompt === null ? undefined : await engine.read({ clip, prompt: trace.prompt })) ?? null;
  return { uncached: await read(uncached), cached: await read(cached) };
};

const nameOf = (slot: string): string => (slot.endsWith("2") ? `second ${slot.slice(0, -1)}` : slot);

export const inWords = (adherence: Adherence | null): string => {
  if (!adherence) return "cannot be read";
  const { reading, wrong } = adherence;
  if (wrong.length === 0) return "yes";
  const missing = wrong.some((slot) => slot.endsWith("2")) && !("shape2" in reading);
  const words = wrong
    .filter((slot) => slot !== "count" && !(missing && slot.endsWith("2")))
    .map((slot) => {
      const word = reading[slot as "shape"];
      return word ? `${nameOf(slot)} reads as ${word}` : `no ${nameOf(slot)} to be seen`;
    });
  const extra = wrong.includes("count") ? ["a second object is to be seen"] : [];
  return `no: ${[...words, ...(missing ? ["no second object to be seen"] : []), ...extra].join(", ")}`;
};

/** The cells of the summary that say whether a clip shows what was asked. */
export const shownCells = ({ uncached, cached }: Shown): Partial<Record<SummaryKey, string>> => ({
  shown: inWords(uncached),
  kept: inWords(cached),
});
