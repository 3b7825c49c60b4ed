import { cpus } from "node:os";
import { methods } from "../cache/methods/index.js";
import { EngineError } from "../errors.js";
import { type BenchMethod, bench as measure } from "../measure/bench.js";
import { type BenchReport, benchReportFromJson } from "../measure/bench-report.js";
import { benchCsv, benchMarkdown } from "../measure/bench-table.js";
import { readInfinity, writeInfinity } from "../metrics/quality.js";
import {
  calibrationOf,
  methodNamesIn,
  methodOf,
  namedMethods,
  presetsOf,
  textOf,
  type Values,
  type Verb,
} from "./arguments.js";
import { commonFlags, methodFlags, presetFlag } from "./flags.js";
import { modelFlags, openEngine, requestFlags, requestOf } from "./model.js";
import { numberOf } from "./numbers.js";
import { print, printAside } from "./print.js";
import { progressLine } from "./progress.js";
import { parsedFile, textFile } from "./read-file.js";
import { checkOutput, endingOf, writeWhole } from "./write-file.js";

const writers = {
  markdown: benchMarkdown,
  csv: benchCsv,
  json: (report: BenchReport) => JSON.stringify(report, writeInfinity),
};
type Format = keyof typeof writers;
const formatOfEnding: Readonly<Record<string, Format>> = { ".md": "markdown", ".csv": "csv", ".json": "json" };

/** What --format, --json and the ending of --out say, which must be one thing. */
const formatOf = (values: Values): Format => {
  const format = textOf(values, "format");
  if (format !== undefined && !Object.hasOwn(writers, format))
    throw new EngineError("argument-invalid", `--format is "${format}"; expected markdown, csv or json.`);
  const out = textOf(values, "out");
  const said: Readonly<Record<string, string | undefined>> = {
    "--format": format,
    "--json": values.json === true ? "json" : undefined,
    "--out": out === undefined ? undefined : formatOfEnding[endingOf(out)],
  };
  const [first, ...others] = Object.entries(said).filter(([, one]) => one !== undefined);
  const other = others.find(([, one]) => one !== first?.[1]);
  if (first && other)
    throw new EngineError("argument-invalid", `${first[0]} asks for ${first[1]} and ${other[0]} for ${other[1]}.`);
  return (first?.[1] ?? "markdown") as Format;
};

interface Asked {
  readonly methods: readonly BenchMethod[];
  readonly leftOut: Readonly<Record<string, string>>;
  /** Whether each of them was named, so that one which fails is an error. */
  readonly required: boolean;
}

/** The rows that --method and --methods name. Of "all", what cannot be made here is left out with its reason. */
const asked = async (values: Values): Promise<Asked> => {
  const [calibration, preset] = [await calibrationOf(values), await presetsOf(values)];
  const row = (name: string, options: object): BenchMethod => {
    const said = { ...preset(name), ...options };
    return { name, options: said, cache: [methodOf(name, said, calibration)] };
  };
  const rows = (await namedMethods(values)).map(([name, options]) => row(name, options));
  const names = values.methods === undefined && rows.length > 0 ? [] : methodNamesIn(values);
  if (names) return { methods: [...rows, ...names.map((name) => row(name, {}))], leftOut: {}, required: true };
  const leftOut: Record<string, string> = {};
  for (const name of Object.keys(methods))
    try {
      rows.push(row(name, {}));
    } catch (error) {
      leftOut[name] = (error as Error).message;
    }
  return { methods: rows, leftOut, required: false };
};

/** A report that was saved before, in another form: --from FILE.json. */
const reread = async (path: string): Promise<BenchReport> =>
  benchReportFromJson(parsedFile(path, await textFile(path), readInfinity), path);

const measured = async (values: Values): Promise<BenchReport> => {
  const repeats = numberOf(values, "repeats") ?? 5;
  if (!Number.isInteger(repeats) || repeats < 1)
    throw new EngineError("argument-invalid", `--repeats is ${repeats}; expected a whole number from 1 on.`);
  const [rows, request] = [await asked(values), await requestOf(values, "seed")];
  const show = progressLine(true);
  const engine = await openEngine(values, show.progress);
  try {
    return await measure(engine, {
      ...rows,
      ...request,
      repeats,
      machine: `${cpus().length}× ${cpus()[0]?.model ?? "CPU"}, Node ${process.versions.node}`,
      onProgress: ({ name, row, rows, repeat, repeats, leftMs }) =>
        show.text(
          `${row} of ${rows}, ${name}: ${repeat === 0 ? "warm-up" : `run ${repeat} of ${repeats}`}; about ${Math.ceil(leftMs / 1000)} s left`,
        ),
    });
  } finally {
    show.end();
    await engine.dispose();
  }
};

export const bench: Verb = {
  summary: "time, memory and quality of methods beside the uncached run and runs of fewer steps",
  flags: {
    ...modelFlags,
    ...requestFlags,
    methods: { value: "all|a,b", help: "methods with their default options or --preset (default: all)" },
    ...methodFlags,
    method: { value: "NAME", repeated: true, help: "one more row; the k-th --options belongs to the k-th --method" },
    ...presetFlag,
    repeats: { value: "N", help: "counted runs of each row, each with the next seed (default: 5)" },
    seed: { value: "N", help: "the first seed (default: 0)" },
    format: { value: "NAME", help: "markdown, csv or json (default: markdown)" },
    from: { value: "FILE.json", help: "print a saved report instead of measuring" },
    out: { value: "FILE", help: "write to a .json, .csv or .md instead of printing" },
    ...commonFlags,
  },
  async run(values) {
    const [format, out, from] = [formatOf(values), textOf(values, "out"), textOf(values, "from")];
    if (out !== undefined) await checkOutput(out, Object.keys(formatOfEnding));
    const measuring = Object.keys(values).find((flag) => !["from", "format", "out", "json"].includes(flag));
    if (from !== undefined && measuring !== undefined)
      throw new EngineError("argument-invalid", `--from prints a saved report, so --${measuring} has no meaning.`);
    const report = from === undefined ? await measured(values) : await reread(from);
    if (out === undefined) print(writers[format](report));
    else await writeWhole(out, `${writers[format](report)}\n`);
    if (out === undefined && format === "markdown") return; // it says them itself
    for (const [name, why] of Object.entries(report.leftOut)) printAside(`${name} is left out: ${why}`);
  },
};
