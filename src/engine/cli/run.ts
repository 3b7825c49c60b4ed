import { readFile } from "node:fs/promises";
import { createEngine } from "../create-engine.js";
import type { Progress, RunInputs } from "../engine.js";
import { EngineError } from "../errors.js";
import { compareClips, writeInfinity } from "../metrics/quality.js";
import { loadSchedulerConfig } from "../models/checkpoint.js";
import { openFiles } from "../models/files.js";
import { readSafetensors } from "../safetensors.js";
import type { Trace } from "../trace.js";
import { backendOf, methodsOf, numberOf, printNotes, requiredOf, textOf, type Verb } from "./arguments.js";
import { commonFlags, methodFlags, presetFlag } from "./flags.js";
import { checkOutput, writeResult, writeWhole } from "./output.js";
import { progressLine } from "./progress.js";

/** Tensors of a file: `noise`, and `cond` with `uncond`, or a model's conditions by their own names. */
const readInputs = async (path: string): Promise<RunInputs> => {
  const bytes = await readFile(path).catch((cause) => {
    throw new EngineError("file-missing", `Cannot read "${path}": ${(cause as Error).message}.`, { cause });
  });
  const tensors = readSafetensors(bytes, path);
  const noise = tensors.get("noise");
  if (!noise)
    throw new EngineError("input-invalid", `"${path}" has no tensor "noise".`, {
      hint: "Give noise, cond and uncond.",
    });
  const [cond, uncond] = [tensors.get("cond"), tensors.get("uncond")];
  if (cond) return { noise, cond: { text: cond }, ...(uncond ? { uncond: { text: uncond } } : {}) };
  return { noise, cond: Object.fromEntries([...tensors].filter(([name]) => name !== "noise")) };
};

/** The line a person reads after a run. */
const summary = ({ trace, quality }: { trace: Trace; quality: Trace["quality"] }): string => {
  const { totals, visits, steps, backend } = trace;
  const reused = visits.filter(({ decision }) => decision !== "compute").length;
  const share = visits.length ? `, ${reused} of ${visits.length} visits without computing` : "";
  const kept = totals.bytes.peak.cache ? `, ${(totals.bytes.peak.cache / 2 ** 20).toFixed(2)} MiB of cache` : "";
  const like = quality ? `, PSNR ${quality.psnr.toFixed(2)} dB, SSIM ${quality.ssim.toFixed(4)} against uncached` : "";
  return `${steps} steps in ${(totals.wallMs / 1000).toFixed(2)} s on ${backend.description}${share}${kept}${like}`;
};

export const run: Verb = {
  summary: "denoise with a checkpoint, cached or not",
  flags: {
    model: { value: "DIR", help: "checkpoint folder, as diffusers saves it (config.json, or transformer/ in it)" },
    scheduler: { value: "DIR", help: "folder with scheduler_config.json (default: the checkpoint's)" },
    backend: { value: "NAME", help: "wasm, webgpu, webgpu-uncaptured or auto (default: wasm)" },
    ...methodFlags,
    ...presetFlag,
    steps: { value: "N", help: "denoising steps (default: the model's)" },
    seed: { value: "N", help: "seed of the noise, as torch's CPU generator takes it (default: 0)" },
    guidance: { value: "G", help: "guidance scale; 1 for none (default: the model's)" },
    clips: { value: "N", help: "clips at once, seeds counted up (default: 1)" },
    prompt: { value: "TEXT", help: "a sentence of the model's vocabulary (default: the model's)" },
    inputs: { value: "FILE.safetensors", help: "tensors noise, cond, uncond instead of prompt and seed" },
    out: { value: "FILE", help: ".png strip, .gif, or .safetensors with sample and predictions" },
    trace: { value: "FILE.json", help: "write the trace of the run" },
    quality: { help: "also run uncached, and compare" },
    ...commonFlags,
  },
  async run(values) {
    const [out, traceFile, inputs, prompt] = ["out", "trace", "inputs", "prompt"].map((flag) => textOf(values, flag));
    if (out !== undefined) await checkOutput(out);
    if (traceFile !== undefined) await checkOutput(traceFile, [".json"]);
    if (inputs !== undefined && prompt !== undefined)
      throw new EngineError("argument-invalid", "--inputs and --prompt cannot be given together.");
    const cache = await methodsOf(values);
    const numbers = Object.fromEntries(
      ["steps", "seed", "guidance", "clips"].flatMap((flag) => {
        const value = numberOf(values, flag);
        return value === undefined ? [] : [[flag, value]];
      }),
    );
    const tensors = inputs === undefined ? {} : { inputs: await readInputs(inputs) };
    const show = progressLine(values.json !== true);
    const scheduler = textOf(values, "scheduler");
    const engine = await createEngine({
      model: requiredOf(values, "model"),
      backend: backendOf(values),
      ...(scheduler === undefined ? {} : { scheduler: await loadSchedulerConfig(await openFiles(scheduler)) }),
      onProgress: show.progress,
    });
    try {
      const request = {
        ...numbers,
        ...tensors,
        ...(prompt === undefined ? {} : { prompt }),
        predictions: out?.endsWith(".safetensors") ?? false,
        onProgress: (progress: Progress) => show.progress(progress),
      };
      const result = await engine.generate({ ...request, cache });
      const quality =
        values.quality === true ? compareClips((await engine.generate(request)).clip, result.clip) : undefined;
      const trace: Trace = quality ? { ...result.trace, quality } : result.trace;
      show.end();
      printNotes(cache);
      if (out !== undefined) await writeResult(out, result);
      const json = JSON.stringify(trace, writeInfinity);
      if (traceFile !== undefined) await writeWhole(traceFile, `${json}\n`);
      console.log(values.json === true ? json : summary({ trace, quality }));
    } finally {
      show.end();
      await engine.dispose();
    }
  },
};
