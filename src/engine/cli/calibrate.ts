import { type CalibratedMethod, calibratedMethods as measured } from "../calibrate/calibration.js";
import { EngineError, shown } from "../errors.js";
import { textOf, type Values, type Verb } from "./arguments.js";
import { commonFlags } from "./flags.js";
import { modelFlags, openEngine, requestFlags, requestOf } from "./model.js";
import { print } from "./print.js";
import { progressLine } from "./progress.js";
import { readablePrompts } from "./prompts.js";
import { checkOutput, writeWhole } from "./write-file.js";

/** The methods of --method; all without. */
const methodsIn = (values: Values): readonly CalibratedMethod[] =>
  ((values.method ?? measured) as readonly string[]).map((name) => {
    const found = measured.find((one) => one === name);
    if (found) return found;
    throw new EngineError(
      "argument-invalid",
      `--method is ${shown(name, 60)}; expected one of ${measured.join(", ")}.`,
    );
  });

export const calibrate: Verb = {
  summary: `measure the numbers that ${measured.join(", ")} want, in uncached runs`,
  flags: {
    method: { value: "NAME", repeated: true, help: `one of ${measured.join(", ")} (default: all of them)` },
    ...modelFlags,
    ...requestFlags,
    prompts: { value: "FILE", help: "one prompt a line, a run each (default: the model's own prompt)" },
    out: { value: "FILE.json", help: "where to write it (default: standard output)" },
    ...commonFlags,
  },
  async run(values) {
    const [out, file, methods] = [textOf(values, "out"), textOf(values, "prompts"), methodsIn(values)];
    if (out !== undefined) await checkOutput(out, [".json"]);
    const { prompt, ...request } = await requestOf(values);
    if (file !== undefined && (prompt !== undefined || request.inputs))
      throw new EngineError("argument-invalid", "--prompts cannot be given together with --prompt or --inputs.");
    const prompts = file === undefined ? (prompt === undefined ? undefined : [prompt]) : await readablePrompts(values);
    const show = progressLine(true);
    const engine = await openEngine(values, show.progress);
    try {
      const calibration = await engine.calibrate({
        ...request,
        methods,
        ...(prompts ? { prompts } : {}),
        onProgress: show.progress,
      });
      show.end();
      // Weights are differences of products that are nearly equal, so these keep more digits.
      const rounded = (digits: number) => (_: string, value: unknown) =>
        typeof value === "number" ? Number(value.toPrecision(digits)) : value;
      const text = JSON.stringify(
        Object.fromEntries(
          Object.entries(calibration).map(([key, value]) => [
            key,
            JSON.parse(JSON.stringify(value, rounded(["l2p", "meancache"].includes(key) ? 11 : 7))),
          ]),
        ),
      );
      if (out === undefined || values.json === true) print(text);
      if (out !== undefined) await writeWhole(out, `${text}\n`);
    } finally {
      show.end();
      await engine.dispose();
    }
  },
};
