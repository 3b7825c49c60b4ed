import type { RunName } from "../program/example-module.js";
import type { Pixels } from "./frames.js";

/** A clip as bytes: a quarter of its size. */
interface Kept {
  readonly dims: readonly number[];
  readonly bytes: Uint8ClampedArray;
}

/** The forming clips of a pair of runs, for looking back at them step by step. */
export const previewLog = () => {
  const kept = new Map<string, Kept>();
  return {
    keep(run: RunName, step: number, { dims, data }: Pixels): void {
      const bytes = new Uint8ClampedArray(data.length); // rounds, and keeps within 0 … 255
      for (let at = 0; at < data.length; at++) bytes[at] = ((data[at] ?? 0) + 1) * 127.5;
      kept.set(`${run} ${step}`, { dims, bytes });
    },
    at(run: RunName, step: number): Pixels | undefined {
      const found = kept.get(`${run} ${step}`);
      return found && { dims: found.dims, data: Float32Array.from(found.bytes, (byte) => byte / 127.5 - 1) };
    },
  };
};

export type PreviewLog = ReturnType<typeof previewLog>;
