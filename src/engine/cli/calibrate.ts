import { readFile } from "node:fs/promises";
import { createEngine } from "../create-engine.js";
import { EngineError } from "../errors.js";
import { backendOf, numberOf, requiredOf, textOf, type Verb } from "./arguments.js";
import { commonFlags } from "./flags.js";
import { checkOutput, writeWhole } from "./output.js";
import { progressLine } from "./progress.js";

/** Prompts of a file, one a line. */
const promptsIn = async (path: string): Promise<readonly string[]> => {
  const text = await readFile(path, "utf8").catch((cause: Error) => {
    throw new EngineError("file-missing", `Cannot read "${path}": ${cause.message}.`, { cause });
  });
  return text.split("\n").filter((line) => line.trim() !== "");
};

export const calibrate: Verb = {
  summary: "measure the numbers that magcache, teacache and smoothcache want, in uncached runs",
  flags: {
    model: { value: "DIR", help: "checkpoint folder with a vocabulary" },
    prompts: { value: "FILE", help: "one prompt a line, a run each (default: the model's own prompt)" },
    steps: { value: "N", help: "denoising steps, 6 or more (default: the model's)" },
    guidance: { value: "G", help: "guidance scale (default: the model's)" },
    backend: { value: "NAME", help: "wasm, webgpu, webgpu-uncaptured or auto (default: wasm)" },
    out: { value: "FILE.json", help: "where to write it (default: standard output)" },
    ...commonFlags,
  },
  async run(values) {
    const [out, file] = [textOf(values, "out"), textOf(values, "prompts")];
    if (out !== undefined) await checkOutput(out, [".json"]);
    const prompts = file === undefined ? undefined : await promptsIn(file);
    const [steps, guidance] = [numberOf(values, "steps"), numberOf(values, "guidance")];
    const show = progressLine(true);
    const engine = await createEngine({
      model: requiredOf(values, "model"),
      backend: backendOf(values),
      onProgress: show.progress,
    });
    try {
      const calibration = await engine.calibrate({
        ...(prompts ? { prompts } : {}),
        ...(steps === undefined ? {} : { steps }),
        ...(guidance === undefined ? {} : { guidance }),
        onProgress: show.progress,
      });
      show.end();
      const text = JSON.stringify(calibration, (_, value) =>
        typeof value === "number" ? Number(value.toPrecision(7)) : value,
      );
      if (out === undefined || values.json === true) console.log(text);
      if (out !== undefined) await writeWhole(out, `${text}\n`);
    } finally {
      show.end();
      await engine.dispose();
    }
  },
};
