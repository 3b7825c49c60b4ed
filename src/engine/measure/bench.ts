import type { Bytes } from "../backends/backend.js";
import type { Clip } from "../clip.js";
import type { Engine, GenerateOptions, Result } from "../engine.js";
import { EngineError } from "../errors.js";
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
  is,
  listOf,
  mapOf,
  wholeFrom,
} from "../expect.js";
import type { CacheMethod } from "../method.js";
import { median } from "../metrics/median.js";
import type { Trace } from "../trace/trace.js";
import { onnxruntimeVersion, version } from "../version.js";
import type { BenchReport, BenchRow, BenchRun } from "./bench-report.js";
import { compareRuns } from "./compare-runs.js";
import { leavesNoise } from "./fewer-steps.js";
import { ofSteps, stepsIn } from "./measured.js";
import { idealSpeedup } from "./profile.js";

/** A row that is asked for. */
export interface BenchMethod {
  /** The row's name; a second one of the same name gets " (2)". */
  readonly name: string;
  /** As the table shall say them; `cache` is what runs. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Disjoint or nested methods of one run; usually one. */
  readonly cache: readonly CacheMethod[];
}

/** What is measured, and how often. */
export interface BenchOptions
  extends Pick<GenerateOptions, "prompt" | "seed" | "steps" | "sigmas" | "guidance" | "inputs" | "signal"> {
  /** One row each, at least one, in the order measured. */
  readonly methods: readonly BenchMethod[];
  /** Counted runs of each row, each with the next seed. Default 3. */
  readonly repeats?: number;
  /** Whether a method that fails is an error, and not just left out. Default false. */
  readonly required?: boolean;
  /** What the report calls the machine. */
  readonly machine: string;
  /** Methods that could not be asked for, and why; the report hands them on. */
  readonly leftOut?: Readonly<Record<string, string>>;
  /** Called with every run, and every step of it. */
  readonly onProgress?: (progress: BenchProgress) => void;
  /** Called after every counted run with the table so far, so that a stopped one is not lost. */
  readonly onReport?: (report: BenchReport) => void;
}

/** How far a table is. */
export interface BenchProgress {
  /** Name of the row, "no cache", or "fewer steps" while their numbers are looked for. */
  readonly name: string;
  /** 0 while warming up. */
  readonly repeat: number;
  /** Counted runs of each row. */
  readonly repeats: number;
  /** Which row of how many, from 1 on. */
  readonly row: number;
  /** Cached rows, and once they are known those of fewer steps. */
  readonly rows: number;
  /** Of the whole table, 0 … 1. The number of rows of fewer steps is guessed until the methods are timed. */
  readonly share: number;
  /** Estimated from what the runs so far took. */
  readonly leftMs: number;
}

interface Pending extends BenchRow {
  readonly cache: readonly CacheMethod[];
  readonly runs: BenchRun[];
  bytes: Bytes;
}

const none: Bytes = { weights: 0, activations: 0, cache: 0, workspace: 0 };
const larger = (a: Bytes, b: Bytes): Bytes => ({
  weights: Math.max(a.weights, b.weights),
  activations: Math.max(a.activations, b.activations),
  cache: Math.max(a.cache, b.cache),
  workspace: Math.max(a.workspace, b.workspace),
});

/** Six digits are more than any clock gives, and keep files and links short. */
const tidy = (run: BenchRun): BenchRun =>
  Object.fromEntries(
    Object.entries(run).map(([field, value]) => [
      field,
      typeof value === "number" && field !== "seed" ? Number(value.toPrecision(6)) : value,
    ]),
  ) as unknown as BenchRun;

/** After these the engine, or the wish to go on, is gone: they end the table, others only their row. */
export const fatal: readonly string[] = ["stopped", "disposed", "device-lost", "out-of-memory"];

const skippedOf = ({ visits }: Trace): number =>
  visits.filter(({ decision }) => decision !== "compute").length / Math.max(1, visits.length);

const reasons = (leftOut: Readonly<Record<string, string>>): { readonly hint: string } => ({
  hint: Object.entries(leftOut)
    .map(([name, why]) => `${name}: ${why}`)
    .join(" "),
});

/** A name that occurs twice gets a number, since rows are told apart by it. */
const numbered = (methods: readonly BenchMethod[]): readonly BenchMethod[] =>
  methods.map((method, at) => {
    const before = methods.slice(0, at).filter(({ name }) => name === method.name).length;
    return before > 0 ? { ...method, name: `${method.name} (${before + 1})` } : method;
  });

const aBench = fields({
  methods: listOf(fields({ name: aText, options: anObject, cache: listOf(aMethod, { most: 100 }) }), { most: 1000 }),
  machine: aText,
  "repeats?": is("a number", (value) => typeof value === "number"), // its range is said below
  "prompt?": aText,
  "seed?": wholeFrom(0),
  "steps?": wholeFrom(1, 1000),
  "guidance?": aNumber,
  "leftOut?": mapOf(aText),
  "onProgress?": aFunction,
  "onReport?": aFunction,
  "signal?": aSignal,
});

/**
 * The table of methods: every one timed `repeats` times, each time directly after an uncached run of the same seed, so
 * that a slow minute of the machine hits both; then uncached runs of as many steps as take the same time. Quality is that
 * of each repeat's clip against the uncached one. The first run of a row warms up and does not count.
 *
 * @throws EngineError "input-invalid", also where no method could be measured; "stopped", "device-lost", "out-of-memory" (what was measured went to `onReport`).
 *   Any other error, of whatever class, leaves out the method that it belongs to, by name and reason, unless it is `required`.
 */
export const bench = async (engine: Engine, options: BenchOptions): Promise<BenchReport> => {
  accept("bench", { engine: [engine, anEngine], options: [options, aBench] });
  const { model, device } = engine;
  const { repeats = 3, required = false, machine, inputs, sigmas, onProgress, onReport, signal } = options;
  const {
    prompt = inputs ? "" : model.defaults.prompt,
    seed = 0,
    steps = stepsIn(options) ?? model.defaults.steps,
  } = options;
  const { guidance = model.defaults.guidance } = options;
  const listed = stepsIn({ sigmas }) !== undefined && options.steps === undefined;
  const spacing = { ...(listed ? {} : { steps }), ...(sigmas === undefined ? {} : { sigmas }) };
  const asked = { guidance, ...(inputs ? { inputs } : { prompt }), ...(signal ? { signal } : {}) };
  if (!Number.isSafeInteger(repeats) || repeats < 1)
    throw new EngineError("input-invalid", `repeats is ${repeats}; expected a whole number from 1 on.`);

  if (options.methods.length === 0)
    throw new EngineError("input-invalid", "There is no method to measure.", reasons(options.leftOut ?? {}));

  const methods = numbered(options.methods);
  const base: Pending = {
    ...{ kind: "uncached", method: "no cache", options: {}, steps, sameTimeAs: [], cache: [], runs: [], bytes: none },
  };
  const cached = methods.map(
    ({ name, options, cache }): Pending => ({
      ...{ kind: "cached", method: name, options, steps, sameTimeAs: [], cache, runs: [], bytes: none },
    }),
  );
  let fewer: readonly Pending[] = [];
  const leftOut: Record<string, string> = { ...options.leftOut };
  const date = new Date().toISOString();
  const report = (complete: boolean): BenchReport => ({
    format: "diffusion-cache/bench",
    version: 1,
    date,
    engine: { version, onnxruntime: onnxruntimeVersion },
    model: { name: model.name, architecture: model.architecture, parameters: model.parameters },
    backend: { name: device.backend, description: device.description },
    machine,
    settings: { prompt, seed, steps, guidance, repeats },
    complete,
    rows: [base, ...cached, ...fewer]
      .filter(({ method, runs }) => runs.length > 0 && !Object.hasOwn(leftOut, method))
      .map(({ cache: _, runs, ...row }) => ({ ...row, runs: [...runs] })),
    leftOut: { ...leftOut },
  });

  const start = performance.now();
  let [done, position] = [0, { name: base.method, repeat: 0, row: 0 }];
  const perRow = 1 + 2 * repeats;
  const total = (): number => 1 + perRow * (methods.length + (fewer.length || Math.min(methods.length, steps / 3)));
  const tell = (within: number): void => {
    const share = Math.min(1, (done + within) / total());
    const leftMs = share > 0 ? ((performance.now() - start) * (1 - share)) / share : Number.POSITIVE_INFINITY;
    onProgress?.({ ...position, repeats, rows: methods.length + fewer.length, share, leftMs });
  };
  const make = async (cache: readonly CacheMethod[], count: number, which: number): Promise<Result> => {
    tell(0);
    const result = await engine.generate({
      ...asked,
      cache,
      ...(count === steps ? spacing : ofSteps({ sigmas }, count)),
      ...(inputs ? {} : { seed: which }),
      ...(onProgress ? { onProgress: (one) => void (one.phase === "step" && tell((one.step + 1) / one.steps)) } : {}),
    });
    done += 1;
    return result;
  };
  const wrongIn = async (clip: Clip): Promise<readonly string[] | null> =>
    inputs ? null : ((await engine.read({ clip, prompt }))?.wrong ?? null);

  await make([], steps, seed);
  const { guidance: _, ...profiled } = asked;
  const profile = await engine.profile(profiled);

  const measure = async (row: Pending, repeat: number): Promise<void> => {
    const which = seed + repeat;
    const uncached = await make([], steps, which);
    const cached = await make(row.cache, row.steps, which);
    const { clip, trace } = cached;
    const [ms, uncachedMs] = [trace.totals.wallMs, uncached.trace.totals.wallMs];
    base.runs.push(
      tidy({
        ...{ seed: which, ms: uncachedMs, uncachedMs, ideal: 1, skipped: 0 },
        ...{ ...compareRuns(uncached, uncached), wrong: await wrongIn(uncached.clip) },
      }),
    );
    base.bytes = larger(base.bytes, uncached.trace.totals.bytes.peak);
    row.runs.push(
      tidy({
        ...{ seed: which, ms, uncachedMs, skipped: skippedOf(trace) },
        ideal: row.kind === "cached" ? idealSpeedup(trace, profile) : steps / row.steps,
        ...compareRuns(uncached, cached),
        wrong: await wrongIn(clip),
      }),
    );
    row.bytes = larger(row.bytes, trace.totals.bytes.peak);
  };
  const inTurn = async (rows: readonly Pending[], before: number, warmUp: boolean): Promise<void> => {
    for (let repeat = 0; repeat < repeats; repeat++)
      for (const [at, row] of rows.entries()) {
        if (Object.hasOwn(leftOut, row.method)) continue;
        const [begun, warms] = [done, repeat === 0 && warmUp];
        try {
          position = { name: row.method, repeat: 0, row: before + at + 1 };
          if (warms) await make(row.cache, row.steps, seed);
          position = { ...position, repeat: repeat + 1 };
          await measure(row, repeat);
        } catch (error) {
          if (required || (error instanceof EngineError && fatal.includes(error.code))) throw error;
          leftOut[row.method] = error instanceof Error ? error.message : String(error);
          done = begun + (warms ? 1 : 0) + 2 * (repeats - repeat); // none of its runs is still to come
        }
        onReport?.(report(false));
      }
  };

  /** Uncached rows that take the time of the cached ones, warmed up. */
  const ofSameTime = async (): Promise<readonly Pending[]> => {
    const rows = new Map<number, Pending & { readonly sameTimeAs: string[] }>();
    const clean = new Map<number, boolean>();
    for (const { method, runs } of cached) {
      if (runs.length === 0 || Object.hasOwn(leftOut, method)) continue;
      let count = Math.max(1, Math.round(steps * median(runs.map(({ ms, uncachedMs }) => ms / uncachedMs))));
      if (count >= steps) continue; // no faster than the uncached run
      position = { name: "fewer steps", repeat: 0, row: methods.length };
      for (; ; count--) {
        const known = clean.get(count) ?? !leavesNoise((await make([], count, seed)).trace);
        clean.set(count, known);
        if (known) break;
      }
      const found = rows.get(count) ?? {
        ...{ kind: "fewer-steps" as const, method: `fewer steps, ${count}`, options: {}, steps: count, sameTimeAs: [] },
        ...{ cache: [], runs: [], bytes: none },
      };
      found.sameTimeAs.push(method);
      rows.set(count, found);
    }
    return [...rows.values()].toSorted((a, b) => b.steps - a.steps);
  };

  await inTurn(cached, 0, true);
  if (base.runs.length === 0) throw new EngineError("input-invalid", "No method could be measured.", reasons(leftOut));
  const timed = await ofSameTime();
  done = 1 + perRow * methods.length + timed.length;
  fewer = timed;
  await inTurn(fewer, methods.length, false);
  return report(true);
};
