import { existsSync } from "node:fs";
import { ladders } from "../cache/ladders.js";
import type { MethodName } from "../cache/methods/index.js";
import { takesNumbers } from "../calibrate/stand-ins.js";
import { EngineError } from "../errors.js";
import { atEqualEvaluations } from "../measure/at-equal-evaluations.js";
import { type QualityReport, qualityReportFromJson } from "../measure/quality-report.js";
import { qualityMarkdown } from "../measure/quality-table.js";
import { settingsNear } from "../measure/settings-near.js";
import { readInfinity, writeInfinity } from "../metrics/quality.js";
import { methodNamesIn, textOf, type Values, type Verb } from "./arguments.js";
import { commonFlags } from "./flags.js";
import { modelFlags, openEngine } from "./model.js";
import { guidanceOf, numberOf, speedUpIn } from "./numbers.js";
import { print } from "./print.js";
import { progressLine } from "./progress.js";
import { readablePrompts } from "./prompts.js";
import { parsedFile, textFile } from "./read-file.js";
import { checkOutput, writeWhole } from "./write-file.js";

/** The report that --resume goes on with; undefined where --out names no file yet. */
const earlierIn = async (values: Values): Promise<QualityReport | undefined> => {
  const out = textOf(values, "out");
  if (values.resume !== true) return undefined;
  if (out === undefined) throw new EngineError("argument-invalid", "--resume is given without --out.");
  return existsSync(out) ? qualityReportFromJson(parsedFile(out, await textFile(out), readInfinity), out) : undefined;
};

const measured = async (
  values: Values,
  keep: (report: QualityReport) => void,
  signal: AbortSignal,
): Promise<QualityReport> => {
  const earlier = await earlierIn(values);
  const prompts = await readablePrompts(values);
  const there = new Set(earlier?.rows.map(({ method }) => method));
  const asked = methodNamesIn(values) ?? (Object.keys(ladders) as MethodName[]);
  const [speedup, methods] = [speedUpIn(values) ?? 2, asked.filter((name) => !there.has(name))];
  const show = progressLine(true);
  const engine = await openEngine(values, show.progress);
  const { defaults, calibration } = engine.model;
  try {
    const [steps, guidance] = [numberOf(values, "steps") ?? defaults.steps, guidanceOf(values) ?? defaults.guidance];
    const ready = calibration?.calibratedFor.steps === steps || !methods.some(takesNumbers);
    const here = ready ? calibration : await engine.calibrate({ steps, guidance });
    const { found, leftOut } = await settingsNear(engine, {
      ...{ steps, guidance, speedup, methods, calibration: here },
    });
    return await atEqualEvaluations(engine, {
      ...{ methods: found, leftOut, steps, guidance, earlier },
      clips: prompts.map((prompt, seed) => ({ prompt, seed })),
      onRun: (name, done) => show.text(`${name}: run ${done + 1}`),
      onReport: keep,
      signal,
    });
  } finally {
    show.end();
    await engine.dispose();
  }
};

export const quality: Verb = {
  summary: "quality of methods over many prompts, beside both rivals of as many network evaluations",
  flags: {
    ...modelFlags,
    prompts: { value: "FILE", help: "one prompt a line; line k runs with seed k, from 0 on" },
    steps: { value: "N", help: "denoising steps (default: the model's)" },
    guidance: { value: "G", help: "guidance scale; 1 for none (default: the model's)" },
    methods: { value: "all|a,b", help: "methods to compare (default: all that can act)" },
    speedup: { value: "X", help: "ideal speed-up whose nearest setting each method takes (default: 2)" },
    resume: { help: "go on with the report in --out: its rows are kept, methods that it lacks are measured" },
    out: { value: "FILE.json", help: "where to write the report (default: print the table)" },
    ...commonFlags,
  },
  async run(values) {
    const out = textOf(values, "out");
    if (out !== undefined) await checkOutput(out, [".json"]);
    const written = (report: QualityReport): string => JSON.stringify(report, writeInfinity);
    const unkept = new AbortController(); // nothing is measured on that cannot be kept
    let keeping = Promise.resolve();
    const keep = (sofar: QualityReport): void => {
      if (out === undefined) return;
      keeping = keeping.then(() => writeWhole(out, `${written(sofar)}\n`));
      keeping.catch(() => unkept.abort());
    };
    const report = await measured(values, keep, unkept.signal).finally(() => keeping);
    if (out === undefined) print(values.json === true ? written(report) : qualityMarkdown(report));
  },
};
