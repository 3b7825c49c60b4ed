import { methodExamples } from "../methods/method-titles.js";
import { recordedRun } from "../program/recorded-run.js";
import { speedup } from "../program/summary.js";

/** A method, or an uncached run of fewer steps: times as fast as the uncached run, and PSNR in dB against its clip. */
interface RecordedPoint {
  readonly gain: number;
  readonly psnr: number;
}

/** What the landing page's picture of all methods shows, fastest first; equal clips have no place in it. */
export const recordedPoints = (): {
  readonly methods: readonly (RecordedPoint & { readonly name: string; readonly title: string })[];
  /** One for each number of steps, slowest first. */
  readonly fewer: readonly (RecordedPoint & { readonly steps: number })[];
  /** Machine, model and steps. */
  readonly on: string;
} => {
  const runs = methodExamples().map(({ name, title }) => ({ name, title, run: recordedRun(name).run }));
  const differs = ({ psnr }: RecordedPoint): boolean => psnr < 1e6;
  const methods = runs
    .map(({ name, title, run: { uncached, cached, quality } }) => {
      const gain = speedup({ uncached: { trace: uncached }, cached: { trace: cached }, quality });
      return { name, title, gain, psnr: quality.psnr };
    })
    .filter(differs)
    .toSorted((a, b) => b.gain - a.gain);
  const fewer = runs
    .map(({ run: { fewer, uncached } }) => ({
      ...{ steps: fewer.steps, gain: uncached.totals.wallMs / fewer.wallMs, psnr: fewer.quality.psnr },
    }))
    .filter(differs)
    .toSorted((a, b) => a.gain - b.gain);
  const [first] = runs;
  return {
    methods,
    fewer: [...new Map(fewer.map((one) => [one.steps, one] as const)).values()].toSorted((a, b) => a.gain - b.gain),
    on: `${first?.run.on}: ${first?.run.cached.model.name}, ${first?.run.settings.steps} steps`,
  };
};
