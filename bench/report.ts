// What a part of the suite hands back, and how it is measured.
import { median } from "../dist/lib/metrics/median.js";

/** A curve of the growth part: what one quantity does to time and memory, the others as in the nano model. */
export interface Curve {
  readonly quantity: string;
  readonly points: readonly { readonly at: number; readonly ms: number; readonly bytes: number }[];
  /** time ∝ quantity^ms and memory ∝ quantity^bytes, fitted by least squares over the logarithms. */
  readonly exponents: { readonly ms: number; readonly bytes: number };
}

export interface Section {
  readonly id: string;
  readonly title: string;
  /** The command that made this part, alone or with others. */
  readonly command: string;
  readonly says: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  readonly curves?: readonly Curve[];
}

/** What one part of the suite measured. */
export type Measured = Omit<Section, "command">;

export interface Report {
  readonly format: "diffusion-cache/benchmarks";
  readonly version: 1;
  readonly machine: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly date: string;
  readonly sections: readonly Section[];
}

/** How long and how often: `quick` is for looking, not for publishing. */
export interface Effort {
  readonly quick: boolean;
}

type Way = () => Promise<unknown>;

/**
 * Times of several ways, run in turn and in another order each round, so that a slow minute of the machine hits them
 * alike. One uncounted round first.
 */
export const inTurn = async (ways: Readonly<Record<string, Way>>, rounds: number): Promise<Map<string, number[]>> => {
  const names = Object.keys(ways);
  const times = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = -1; round < rounds; round++)
    for (const index of names.keys()) {
      const name = names[(index + round + 1) % names.length] as string;
      const before = performance.now();
      await (ways[name] as Way)();
      if (round >= 0) times.get(name)?.push(performance.now() - before);
    }
  return times;
};

/** Median over the rounds of time over the base's time in the same round. */
export const ratioTo = (base: readonly number[], times: readonly number[]): number =>
  median(times.map((ms, round) => ms / (base[round] as number)));

export const spread = (times: readonly number[]): string =>
  `${median(times).toFixed(0)} (${Math.min(...times).toFixed(0)}–${Math.max(...times).toFixed(0)})`;

export const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(2);
