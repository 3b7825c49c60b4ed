import type { CacheMethod, Progress } from "diffusion-cache";
import { comparedInWords } from "../grid/decision-words.js";
import { inBytes } from "../page/bytes.js";
import type { RunName } from "../program/example-module.js";
import { transferClock } from "./transfer-clock.js";

const names: Readonly<Record<RunName, string>> = { uncached: "Uncached run", cached: "Cached run" };

const clock = transferClock();

/** Where a run is, in words and as a share of the bar: undefined where that is not known. */
export const statusOf = (run: RunName, progress: Progress): { text: string; share: number | undefined } => {
  if (progress.phase === "download") {
    const { loaded, total, retry } = progress;
    const bytes = total ? `${inBytes(loaded)} of ${inBytes(total)}` : inBytes(loaded);
    const now = retry ? `; ${retry.reason}, attempt ${retry.attempt} of ${retry.attempts}` : clock(progress);
    return { text: `Loading the model: ${bytes}${now}`, share: total ? loaded / total : undefined };
  }
  if (progress.phase === "compile") {
    const { done, total } = progress;
    return { text: `${names[run]}: preparing graph ${Math.min(done + 1, total)} of ${total}`, share: undefined };
  }
  const { step, steps, ms, decisions } = progress;
  const [why] = run === "cached" ? decisions.flatMap((one) => comparedInWords(one) ?? []) : [];
  const before = run === "cached" ? steps : 0;
  return {
    text: `${names[run]}: step ${step + 1} of ${steps}, ${Math.round(ms)} ms${why ? `, ${why}` : ""}`,
    share: (before + step + 1) / (2 * steps),
  };
};

/** Where a run of any methods is, for programs that make as many as they like. */
export const runStatusOf = (methods: readonly CacheMethod[], progress: Progress): string => {
  if (progress.phase !== "step") return statusOf(methods.length > 0 ? "cached" : "uncached", progress).text;
  const names = methods.map(({ name }) => name).join(" + ") || "Uncached";
  return `${names}: step ${progress.step + 1} of ${progress.steps}`;
};
