import { stepMask } from "../cache/methods/step-mask.js";
import type { Engine, GenerateOptions, Result } from "../engine.js";
import { EngineError, shown } from "../errors.js";
import {
  accept,
  aFunction,
  aMethod,
  aNumber,
  anEngine,
  anObject,
  aSignal,
  aText,
  fields,
  listOf,
  mapOf,
  wholeFrom,
} from "../expect.js";
import type { CacheMethod } from "../method.js";
import { type FurtherMeasures, furtherMeasures } from "../metrics/measures.js";
import { version } from "../version.js";
import { type BenchMethod, fatal } from "./bench.js";
import { compareRuns } from "./compare-runs.js";
import { evaluationsOf } from "./evaluations.js";
import { leavesNoise } from "./fewer-steps.js";
import { aQualityReport, type QualityReport, type QualityRow, rivalSteps } from "./quality-report.js";

/** What is compared, on which clips. */
export interface QualityOptions extends Pick<GenerateOptions, "steps" | "guidance" | "signal"> {
  /** One row each, in this order. */
  readonly methods: readonly BenchMethod[];
  /** Methods that could not be asked for, and why; the report hands them on. */
  readonly leftOut?: Readonly<Record<string, string>>;
  /** What every row makes: prompts and seeds. A figure to publish wants 16 or more. */
  readonly clips: readonly { readonly prompt: string; readonly seed: number }[];
  /** A report of the same clips and settings: its rows are kept, its rivals too, and what it left out is tried again. */
  readonly earlier?: QualityReport | undefined;
  /** Called before every run, with the row's name and how many runs are done. */
  readonly onRun?: (name: string, done: number) => void;
  /** Called after every method with the report so far, its rivals included, so that a stopped one is not lost. */
  readonly onReport?: (report: QualityReport) => void;
}

/** So many of the steps, evenly, the first and the last among them: a digit per step, 1 for computed. */
export const evenMask = (count: number, steps: number): string => {
  const computed = new Set(
    Array.from({ length: count }, (_, at) => (count === 1 ? 0 : Math.round((at * (steps - 1)) / (count - 1)))),
  );
  return Array.from({ length: steps }, (_, step) => (computed.has(step) ? "1" : "0")).join("");
};

const byName = (rows: readonly QualityRow[]): readonly QualityRow[] =>
  rows.toSorted((a, b) => (a.method < b.method ? -1 : 1));

/** @throws EngineError "input-invalid" where a report is of another run than the one asked for */
const expectSame = (
  earlier: QualityReport,
  now: Pick<QualityReport, "model" | "steps" | "guidance" | "clips">,
): void => {
  for (const [field, value] of Object.entries(now)) {
    const before = earlier[field as keyof typeof now];
    if (JSON.stringify(before) !== JSON.stringify(value))
      throw new EngineError(
        "input-invalid",
        field === "clips"
          ? "The earlier report is of other prompts or seeds."
          : `The earlier report has ${field} ${shown(before)}; this one has ${shown(value)}.`,
        { hint: "Measure the same as it did, or write a new report." },
      );
  }
};

/** One clip of a row. */
interface Made extends FurtherMeasures {
  readonly evaluations: number;
  readonly psnr: number;
  readonly ssim: number;
  readonly wrong: number;
  readonly cacheBytes: number;
}

const digits = (value: number): number => (Number.isFinite(value) ? Number(value.toPrecision(6)) : value);

const rowFrom = (head: Pick<QualityRow, "kind" | "method" | "options">, made: readonly Made[]): QualityRow => ({
  ...head,
  evaluations: made.map(({ evaluations }) => digits(evaluations)),
  psnr: made.map(({ psnr }) => digits(psnr)),
  ssim: made.map(({ ssim }) => digits(ssim)),
  ...Object.fromEntries(
    furtherMeasures.flatMap(({ name }) => {
      const values = made.map((one) => one[name]);
      return values.every((value) => value !== undefined)
        ? [[name, values.map((value) => digits(value as number))]]
        : [];
    }),
  ),
  wrong: made.map(({ wrong }) => wrong),
  cacheBytes: Math.max(...made.map(({ cacheBytes }) => cacheBytes)),
});

/**
 * Makes every clip uncached, with every method, and with both rivals of as many network evaluations as each method made:
 * fewer steps as the scheduler spaces them, and the same steps with the whole prediction reused. A rival never costs less
 * than the method it is held against, so a gain is not one of rounding. Nothing is timed, so the machine may do other
 * work meanwhile.
 *
 * A method that fails is left out by name, with its reason.
 *
 * @throws EngineError "input-invalid" without a clip; "stopped", "disposed", "device-lost", "out-of-memory"
 */
export const atEqualEvaluations = async (engine: Engine, options: QualityOptions): Promise<QualityReport> => {
  accept("atEqualEvaluations", {
    engine: [engine, anEngine],
    options: [
      options,
      fields({
        methods: listOf(fields({ name: aText, options: anObject, cache: listOf(aMethod, { most: 100 }) }), {
          most: 1000,
        }),
        clips: listOf(fields({ prompt: aText, seed: wholeFrom(0) }), { most: 1000 }),
        ...{ "steps?": wholeFrom(1, 1000), "guidance?": aNumber, "signal?": aSignal, "onRun?": aFunction },
        ...{ "leftOut?": mapOf(aText), "earlier?": aQualityReport },
      }),
    ],
  });
  const { steps = engine.model.defaults.steps, guidance = engine.model.defaults.guidance } = options;
  const { methods, clips, signal, onRun, onReport } = options;
  if (clips.length === 0) throw new EngineError("input-invalid", "There is no clip to make.");
  const { earlier } = options;
  if (earlier) expectSame(earlier, { model: engine.model.name, steps, guidance, clips });
  const base = { guidance, ...(signal ? { signal } : {}) };
  const leftOut: Record<string, string> = { ...options.leftOut };
  let done = 0;
  const tell = (name: string): void => onRun?.(name, done++);

  const references: Result[] = [];
  for (const clip of clips) {
    tell("no cache");
    references.push(await engine.generate({ ...base, ...clip, steps }));
  }
  const row = async (
    head: Pick<QualityRow, "kind" | "method" | "options">,
    cache: readonly CacheMethod[],
    of = steps,
  ) => {
    const made: Made[] = [];
    for (const [at, clip] of clips.entries()) {
      tell(head.method);
      const result = await engine.generate({ ...base, ...clip, steps: of, cache });
      const wrong = (await engine.read({ clip: result.clip, prompt: clip.prompt }))?.wrong.length ?? -1;
      made.push({
        ...compareRuns(references[at] as Result, result),
        ...{ wrong, evaluations: cache.length > 0 ? evaluationsOf(engine.model, result, cache) : of },
        cacheBytes: head.kind === "cached" ? result.trace.totals.bytes.peak.cache : 0,
      });
    }
    return rowFrom(head, made);
  };

  const rivalsOf = async (count: number): Promise<readonly QualityRow[]> => {
    const mask = stepMask({ mask: evenMask(count, steps), site: "guided" });
    const reused = await row({ kind: "reused", method: "prediction reused", options: { for: count } }, [mask]);
    // A count after which DDIM leaves noise would make the rival look worse than it is: the next one that does not.
    for (let of = count; of < steps; of++) {
      const { trace } = await engine.generate({ ...base, ...(clips[0] as object), steps: of });
      if (leavesNoise(trace)) continue;
      return [
        reused,
        await row({ kind: "fewer-steps", method: "fewer steps", options: { for: count, steps: of } }, [], of),
      ];
    }
    return [reused];
  };

  const cached = earlier?.rows.filter(({ kind }) => kind === "cached") ?? [];
  const rivals = new Map<number, readonly QualityRow[]>();
  for (const rival of earlier?.rows.filter(({ kind }) => kind !== "cached") ?? []) {
    const count = rival.options.for as number;
    rivals.set(count, [...(rivals.get(count) ?? []), rival]);
  }
  const report = (): QualityReport => ({
    format: "diffusion-cache/quality",
    version: 1,
    engine: version,
    model: engine.model.name,
    ...{ steps, guidance, clips, leftOut: { ...leftOut } },
    rows: [
      ...(earlier ? byName(cached) : cached),
      ...[...rivals].toSorted(([a], [b]) => b - a).flatMap(([, rows]) => rows),
    ],
  });
  for (const { name, options: said, cache } of methods) {
    try {
      const made = await row({ kind: "cached", method: name, options: said }, cache);
      const count = rivalSteps(made.evaluations, steps);
      if (count < steps && !rivals.has(count)) rivals.set(count, await rivalsOf(count));
      cached.push(made);
    } catch (error) {
      if (!(error instanceof EngineError) || fatal.includes(error.code)) throw error;
      leftOut[name] = error.message;
    }
    onReport?.(report());
  }
  return report();
};
