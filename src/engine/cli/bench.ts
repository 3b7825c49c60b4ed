import { cpus } from "node:os";
import type { CacheMethod } from "../cache/method.js";
import { methods } from "../cache/methods/index.js";
import type { Clip, Engine, GenerateOptions } from "../engine.js";
import { EngineError } from "../errors.js";
import { median } from "../metrics/median.js";
import { compareClips, writeInfinity } from "../metrics/quality.js";
import { idealSpeedup } from "../profile.js";
import type { Quality, Trace } from "../trace.js";
import { calibrationOf, methodOf, methodsOf, numberOf, textOf, type Values, type Verb } from "./arguments.js";
import { commonFlags, methodFlags, presetFlag } from "./flags.js";
import { modelFlags, openEngine, requestFlags, requestOf } from "./model.js";
import { progressLine } from "./progress.js";
import { csv, markdown } from "./tables.js";

/** One line of the table: a method, or fewer steps without any. */
interface Row {
  readonly name: string;
  readonly cache: readonly CacheMethod[];
  readonly steps: number;
  readonly ms: number[];
  trace?: Trace;
  quality?: Quality;
  /** Left out, with a word why, where it cannot act on this model and run. */
  readonly optional?: boolean;
}

const leaveOut = (name: string, error: unknown): void => {
  if (!(error instanceof EngineError)) throw error;
  console.error(`${name} is left out: ${error.message}`);
};

const asked = async (values: Values): Promise<{ readonly chosen: readonly CacheMethod[]; readonly all: boolean }> => {
  const given = await methodsOf(values);
  if (given.length > 0) return { chosen: given, all: false };
  const names = (textOf(values, "methods") ?? "all").split(",");
  const calibration = await calibrationOf(values);
  if (names.join() !== "all") return { chosen: names.map((name) => methodOf(name, {}, calibration)), all: false };
  const chosen = Object.keys(methods).flatMap((name) => {
    try {
      return [methodOf(name, {}, calibration)];
    } catch (error) {
      leaveOut(name, error);
      return [];
    }
  });
  return { chosen, all: true };
};

/** Runs every row once, which compiles and warms up. Returns those that can act. */
const warmUp = async (engine: Engine, rows: readonly Row[], request: GenerateOptions): Promise<readonly Row[]> => {
  const able: Row[] = [];
  for (const row of rows)
    try {
      await engine.generate({ ...request, cache: row.cache, steps: row.steps });
      able.push(row);
    } catch (error) {
      if (!row.optional) throw error;
      leaveOut(row.name, error);
    }
  return able;
};

/** Runs every row once per repeat, in turn, so that a slow minute of the machine hits them alike. */
const measure = async (
  engine: Engine,
  rows: readonly Row[],
  repeats: number,
  request: GenerateOptions,
  done: (text: string) => void,
) => {
  let reference: Clip | undefined;
  for (let repeat = 0; repeat < repeats; repeat++)
    for (const row of rows) {
      done(`${row.name}: run ${repeat + 1} of ${repeats}`);
      const { clip, trace } = await engine.generate({ ...request, cache: row.cache, steps: row.steps });
      reference ??= clip;
      row.ms.push(trace.totals.wallMs);
      row.trace = trace;
      row.quality ??= compareClips(reference, clip);
    }
};

const cells = (row: Row, baseMs: number, ideal: number | undefined) => {
  const time = median(row.ms);
  const { trace, quality } = row as Required<Row>;
  const reused = trace.visits.filter(({ decision }) => decision !== "compute").length;
  return {
    method: row.name,
    options: JSON.stringify(trace.methods[0]?.options ?? {}),
    steps: row.steps,
    "time ms": Math.round(time),
    "min–max ms": `${Math.round(Math.min(...row.ms))}–${Math.round(Math.max(...row.ms))}`,
    "speed-up": (baseMs / time).toFixed(2),
    "ideal speed-up": ideal === undefined ? "" : ideal.toFixed(2),
    "not computed": trace.visits.length ? `${((100 * reused) / trace.visits.length).toFixed(0)} %` : "0 %",
    "cache MiB": (trace.totals.bytes.peak.cache / 2 ** 20).toFixed(2),
    "PSNR dB": Number.isFinite(quality.psnr) ? quality.psnr.toFixed(2) : "∞",
    SSIM: quality.ssim.toFixed(4),
  };
};

export const bench: Verb = {
  summary: "time, memory and quality of methods beside the uncached run and runs of fewer steps",
  flags: {
    ...modelFlags,
    ...requestFlags,
    methods: { value: "all|a,b", help: "methods with their default options (default: all)" },
    ...methodFlags,
    ...presetFlag,
    repeats: { value: "N", help: "counted runs of each row (default: 5)" },
    seed: { value: "N", help: "seed (default: 0)" },
    format: { value: "NAME", help: "markdown, csv or json (default: markdown)" },
    ...commonFlags,
  },
  async run(values) {
    const repeats = numberOf(values, "repeats") ?? 5;
    if (!Number.isInteger(repeats) || repeats < 1)
      throw new EngineError("argument-invalid", `--repeats is ${repeats}; expected a whole number from 1 on.`);
    const format = values.json === true ? "json" : (textOf(values, "format") ?? "markdown");
    if (!["markdown", "csv", "json"].includes(format))
      throw new EngineError("argument-invalid", `--format is "${format}"; expected markdown, csv or json.`);
    const { chosen, all } = await asked(values);
    const seed = numberOf(values, "seed") ?? 0;
    const request = { ...(await requestOf(values)), seed };
    const show = progressLine(true);
    const engine = await openEngine(values, show.progress);
    try {
      const steps = request.steps ?? engine.model.defaults.steps;
      const row = (name: string, cache: readonly CacheMethod[], count: number, optional = false): Row => ({
        name,
        cache,
        steps: count,
        ms: [],
        optional,
      });
      const { steps: _, ...once } = request;
      const profile = await engine.profile(once);
      const rows = [row("no cache", [], steps), ...chosen.map((method) => row(method.name, [method], steps, all))];
      const cached = await warmUp(engine, rows, request);
      await measure(engine, cached, repeats, request, show.text);
      const base = cached[0] as Row;
      const baseMs = median(base.ms);
      const budgets = new Set(cached.slice(1).map(({ ms }) => Math.max(1, Math.round((steps * median(ms)) / baseMs))));
      const fewer = [...budgets].filter((count) => count < steps).map((count) => row("fewer steps", [], count));
      await warmUp(engine, fewer, request);
      await measure(engine, [base, ...fewer], fewer.length ? repeats : 0, request, show.text);
      show.end();
      const table = [...cached, ...fewer].map((one) =>
        cells(one, median(base.ms), one.cache.length ? idealSpeedup(one.trace as Trace, profile) : undefined),
      );
      const machine = `${engine.model.name}, ${engine.device.description}, ${cpus().length}× ${cpus()[0]?.model ?? "CPU"}, Node ${process.versions.node}, median of ${repeats} interleaved runs, seed ${seed}`;
      const text = {
        markdown: () => `${markdown(table)}\n\n${machine}`,
        csv: () => csv(table),
        json: () => JSON.stringify({ machine, rows: table, profile }, writeInfinity),
      }; // prettier-ignore
      console.log(text[format as keyof typeof text]());
    } finally {
      show.end();
      await engine.dispose();
    }
  },
};
