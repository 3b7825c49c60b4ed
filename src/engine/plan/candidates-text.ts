import type { Candidate } from "./candidates.js";
import { gib, percent, times } from "./in-words.js";

const settings = ({ options, share, recorded }: Candidate): string => {
  const skipped = recorded ?? share;
  const by = recorded === undefined ? "a share that is assumed" : "as a published run did";
  return [
    ...Object.entries(options).map(([key, value]) => `${key}=${JSON.stringify(value)}`),
    ...(skipped === undefined ? [] : [`skips ${percent(skipped)} of the steps, ${by}`]),
  ].join(", ");
};

/** Settings for people, one a line. */
export const candidatesText = (found: readonly Candidate[]): string => {
  if (found.length === 0) return "No method reaches that. Ask for less speed, or allow more memory.";
  const rows = found.map((one) => [
    ...[one.method, times(one.ideal), `${times(one.expected[0])} to ${times(one.expected[1])}`],
    ...[gib(one.cacheBytes), settings(one) || "its defaults"],
  ]);
  const all = [["method", "ideal", "expected", "kept", "settings"], ...rows];
  const widths = all[0]?.map((_, at) => Math.max(...all.map((row) => row[at]?.length ?? 0))) ?? [];
  return all
    .map((row) => row.map((text, at) => text.padEnd(widths[at] ?? 0)).join("  "))
    .map((line) => line.trimEnd())
    .join("\n");
};
