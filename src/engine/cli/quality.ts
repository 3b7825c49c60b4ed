import { atEqualEvaluations } from "../measure/at-equal-evaluations.js";
import type { QualityReport } from "../measure/quality-report.js";
import { qualityMarkdown } from "../measure/quality-table.js";
import { settingsNear } from "../measure/settings-near.js";
import { writeInfinity } from "../metrics/quality.js";
import { methodNamesIn, numberOf, speedUpIn, textOf, type Values, type Verb } from "./arguments.js";
import { commonFlags } from "./flags.js";
import { modelFlags, openEngine } from "./model.js";
import { print } from "./print.js";
import { progressLine } from "./progress.js";
import { readablePrompts } from "./prompts.js";
import { checkOutput, writeWhole } from "./write-file.js";

const measured = async (values: Values, keep: (report: QualityReport) => void): Promise<QualityReport> => {
  const prompts = await readablePrompts(values);
  const [speedup, methods] = [speedUpIn(values) ?? 2, methodNamesIn(values)];
  const show = progressLine(true);
  const engine = await openEngine(values, show.progress);
  const { defaults, calibration } = engine.model;
  try {
    const [steps, guidance] = [
      numberOf(values, "steps") ?? defaults.steps,
      numberOf(values, "guidance") ?? defaults.guidance,
    ];
    const here = calibration?.calibratedFor.steps === steps ? calibration : await engine.calibrate({ steps, guidance });
    const { found, leftOut } = await settingsNear(engine, {
      ...{ steps, guidance, speedup, calibration: here },
      ...(methods ? { methods } : {}),
    });
    return await atEqualEvaluations(engine, {
      ...{ methods: found, leftOut, steps, guidance },
      clips: prompts.map((prompt, seed) => ({ prompt, seed })),
      onRun: (name, done) => show.text(`${name}: run ${done + 1}`),
      onReport: keep,
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
    out: { value: "FILE.json", help: "where to write the report (default: print the table)" },
    ...commonFlags,
  },
  async run(values) {
    const out = textOf(values, "out");
    if (out !== undefined) await checkOutput(out, [".json"]);
    const written = (report: QualityReport): string => JSON.stringify(report, writeInfinity);
    let keeping = Promise.resolve();
    const report = await measured(values, (sofar) => {
      if (out !== undefined) keeping = keeping.then(() => writeWhole(out, `${written(sofar)}\n`));
    });
    await keeping;
    if (out === undefined) print(values.json === true ? written(report) : qualityMarkdown(report));
  },
};
