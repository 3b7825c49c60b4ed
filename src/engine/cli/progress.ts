import type { Progress } from "../engine.js";
import { printable } from "../errors.js";

/** One line on a terminal's stderr that is written over; silent where nobody watches. */
export const progressLine = (wanted: boolean) => {
  const shown = wanted && process.stderr.isTTY === true;
  const text = (progress: Progress): string => {
    if (progress.phase === "download")
      return `reading ${progress.file}: ${((100 * progress.loaded) / Math.max(progress.total, 1)).toFixed(0)} %`;
    if (progress.phase === "compile") return `compiling graph ${progress.done} of ${progress.total}`;
    return `step ${progress.step + 1} of ${progress.steps} (${progress.ms.toFixed(0)} ms)`;
  };
  const write = (line: string): void => {
    if (shown) process.stderr.write(`\r\x1b[2K${printable(line)}`);
  };
  return {
    progress: (progress: Progress): void => write(text(progress)),
    text: write,
    end(): void {
      if (shown) process.stderr.write("\r\x1b[2K");
    },
  };
};
