import { type CacheMethod, compute, type Probe, type Reading, reuse } from "../../method.js";
import { checks, knownOptions, relativeChange } from "../options.js";

/** The authors' books: for 30 steps a fast and a slow one, and the one for 100 that LightX2V has for Wan. */
const books = {
  "30-fast": [
    [0.08, 6],
    [0.16, 5],
    [0.24, 4],
    [0.32, 3],
    [0.4, 2],
    [1, 1],
  ], // prettier-ignore
  "30-slow": [
    [0.08, 3],
    [0.16, 2],
    [1, 1],
  ], // prettier-ignore
  "100": [
    [0.03, 12],
    [0.05, 10],
    [0.07, 8],
    [0.09, 6],
    [0.11, 4],
    [1, 3],
  ], // prettier-ignore
} as const;
const bookNames = Object.keys(books) as (keyof typeof books)[];

/** Options of {@link adaCache}. */
export interface AdaCacheOptions {
  /**
   * What a change per step means: pairs of a change and the steps to the next computed one, for changes below it; the last
   * pair is for all others. Or the name of one of the authors' books. Default: "30-fast".
   */
  readonly codebook?: keyof typeof books | readonly (readonly [change: number, steps: number])[];
  /** The block that is measured; `null` for the middle one. Default: `null`. */
  readonly block?: number | null;
  /** Steps at the end that are computed. Default: 2. */
  readonly lastSteps?: number;
  /** Whether changes count more in clips that move, and where the motion changes. Default: false. */
  readonly applyMoreg?: boolean;
  /** First and last step, counted from 1, in which motion counts; `null` for a tenth to nine tenths of the run. Default: `null`. */
  readonly moregSteps?: readonly [first: number, last: number] | null;
}

/**
 * AdaCache (arXiv:2411.02397): in a computed step the change of what one block adds, since the last computed step and
 * divided by the wait that was set then, is looked up in a code book. That says how many steps to wait; all blocks rest.
 *
 * Books and rule are those of the authors' code (AdaCache, 2c6d3ca). It keeps the gated residuals of every block, which
 * all rest in the same steps: their sum is the residual of the stack, which is kept here and in LightX2V.
 *
 * Differs: what the whole block adds is measured, not the gated output of its temporal attention alone. With
 * guidance the branch with the text decides for both; there both are one batch, in LightX2V each decides for itself. In
 * clips of one frame nothing moves.
 *
 * @throws EngineError "option-unknown", "option-invalid"; "site-missing" for a block that is not there
 */
export const adaCache = (options: AdaCacheOptions = {}): CacheMethod => {
  knownOptions("adacache", options, Object.keys(defaults));
  const resolved = { ...defaults, ...options };
  const { codebook, block, lastSteps, applyMoreg, moregSteps } = resolved;
  const check = checks("adacache");
  if (typeof codebook === "string") check.oneOf("codebook", codebook, bookNames);
  const book = (typeof codebook === "string" ? books[codebook] : codebook) as readonly (readonly number[])[];
  const expected = `one of ${bookNames.join(", ")}, or pairs of a change and a number of steps, changes rising`;
  const rises = (pair: readonly number[], at: number): boolean =>
    Array.isArray(pair) && pair.length === 2 && pair[0] > (book[at - 1]?.[0] ?? 0) && Number.isInteger(pair[1]);
  if (!Array.isArray(book) || book.length === 0 || !book.every((pair, at) => rises(pair, at) && pair[1] >= 1))
    check.refuse("codebook", codebook, expected);
  if (block !== null) check.whole("block", block, 0);
  check.whole("lastSteps", lastSteps, 0);
  check.boolean("applyMoreg", applyMoreg);
  const isSpan = (steps: unknown): boolean =>
    Array.isArray(steps) && steps.length === 2 && steps.every(Number.isFinite) && 0 <= steps[0] && steps[0] <= steps[1];
  if (moregSteps !== null && !isSpan(moregSteps))
    check.refuse("moregSteps", moregSteps, "null, or the first and the last step, counted from 1");
  return {
    name: "adacache",
    source: "arXiv:2411.02397",
    options: resolved,
    shared: true,
    sites: (model) => [model.blocks()],
    probes({ depth }) {
      const measured = block ?? Math.floor(depth / 2);
      const change: Probe = { tap: `blocks.${measured}-${measured + 1}`, since: "last-compute", told: "next-visit" };
      return applyMoreg ? [change, { ...change, since: "frame-before" }] : [change];
    },
    start({ steps }) {
      let [wait, looked, before] = [1, 0, 1];
      const [first, end] = moregSteps ?? [Math.trunc(0.1 * steps), Math.trunc(0.9 * steps)];
      /** What a change is multiplied by: the motion between frames, as a power, and how much that has changed. */
      const motionAt = (at: number, frames: Reading | undefined): number => {
        if (!applyMoreg || !frames) return 1;
        const { change, present, magnitude } = frames;
        const moves = first <= at && at <= end ? (relativeChange(change, present + magnitude) / 0.385) ** 8 : 1;
        const gradient = Math.abs((10 * (moves - before)) / wait);
        before = moves;
        return moves + gradient;
      };
      return ({ step, computed: [last = 0], readings: [reading, frames], forced, because }) => {
        if (reading && last !== looked) {
          const motion = motionAt(last + 1, frames);
          const change = (relativeChange(reading.change, reading.magnitude) / wait) * motion;
          [wait, looked] = [(book.find(([below = 0]) => change < below) ?? book.at(-1))?.[1] ?? 1, last];
          because({ change, wait, ...(applyMoreg ? { motion } : {}) });
        }
        return forced || step >= last + wait || step >= steps - lastSteps ? compute : reuse;
      };
    },
  };
};

const defaults = {
  codebook: "30-fast",
  block: null,
  lastSteps: 2,
  applyMoreg: false,
  moregSteps: null,
} as const satisfies Required<AdaCacheOptions>;
