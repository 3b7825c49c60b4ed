import type { Engine, Progress, RunInputs } from "../engine.js";
import { EngineError, shown } from "../errors.js";
import { readSafetensors } from "../files/safetensors.js";
import { openFiles } from "../models/files.js";
import { loadSchedulerConfig } from "../run/checkpoint.js";
import { createEngine } from "../run/create-engine.js";
import { inputsFromTensors } from "../run/inputs-from-tensors.js";
import { type NamedSigmas, namedSigmas, type Sigmas } from "../schedulers/pipeline-sigmas.js";
import { backendOf, type Flag, requiredOf, textOf, type Values } from "./arguments.js";
import { numberOf, numbersIn } from "./numbers.js";
import { printAside } from "./print.js";
import { bytesOfFile } from "./read-file.js";

/** Flags of the verbs that run a model. */
export const modelFlags: Readonly<Record<string, Flag>> = {
  model: {
    value: "DIR",
    help: "checkpoint folder, as diffusers saves it (config.json, or transformer/ in it); or hub:organisation/model@revision",
  },
  scheduler: { value: "DIR", help: "folder with scheduler_config.json (default: the checkpoint's)" },
  backend: {
    value: "NAME",
    help: "wasm (default); webgpu or webgpu-uncaptured, with the package webgpu; auto is wasm: a failing GPU driver would end the process",
  },
  activations: {
    value: "NAME",
    help: "float32 (default), or int8: linear layers with weights and activations in 8 bits, on wasm alone",
  },
};

/** What a run starts from. */
export const requestFlags: Readonly<Record<string, Flag>> = {
  steps: { value: "N", help: "denoising steps (default: the model's)" },
  sigmas: {
    value: "NAME|1,0.75,…",
    help: "noise levels: pipeline (as its diffusers pipeline passes them), scheduler, trailing (1 down to 1/steps), or numbers (default: the model's)",
  },
  guidance: { value: "G", help: "guidance scale; 1 for none (default: the model's)" },
  prompt: { value: "TEXT", help: "a sentence of the model's vocabulary (default: the model's)" },
  inputs: { value: "FILE.safetensors", help: "tensors noise, cond, uncond instead of prompt and seed" },
};

/** The same engine, which says at its end what its runs had to note, once each. */
const telling = (engine: Engine): Engine => {
  const notes = new Set<string>();
  const note = (said: readonly string[] = []): void => {
    for (const one of said) notes.add(one);
  };
  return {
    ...engine,
    async generate(request) {
      const result = await engine.generate(request);
      note(result.trace.notes);
      return result;
    },
    async calibrate(request) {
      const calibration = await engine.calibrate(request);
      note(calibration.notes);
      return calibration;
    },
    async dispose() {
      await engine.dispose();
      for (const one of notes) printAside(one);
    },
  };
};

/** The scheduler's config of a folder, or of the file that is named itself. */
export const schedulerOf = async (path: string): Promise<Readonly<Record<string, unknown>>> =>
  loadSchedulerConfig(await openFiles(path.replace(/[\\/]scheduler_config\.json$/, "")));

/** An engine as the flags say it. What its runs note of the checkpoint is printed when it is disposed of. */
export const openEngine = async (values: Values, onProgress: (progress: Progress) => void): Promise<Engine> => {
  const [scheduler, activations] = [textOf(values, "scheduler"), textOf(values, "activations")];
  const engine = await createEngine({
    model: requiredOf(values, "model"),
    backend: backendOf(values),
    ...(scheduler === undefined ? {} : { scheduler: await schedulerOf(scheduler) }),
    ...(activations === undefined ? {} : { activations: activations as "int8" }), // which createEngine checks
    onProgress,
  });
  return telling(engine);
};

/** The name or the numbers of --sigmas. */
export const sigmasOf = (values: Values): Sigmas | undefined => {
  const text = textOf(values, "sigmas");
  if (text === undefined || namedSigmas.includes(text as NamedSigmas)) return text as NamedSigmas | undefined;
  const numbers = numbersIn(text);
  if (numbers) return numbers;
  throw new EngineError(
    "argument-invalid",
    `--sigmas is ${shown(text)}; expected ${namedSigmas.join(", ")} or numbers.`,
    {
      hint: "Write numbers like 1,0.75,0.5,0.25.",
    },
  );
};

/** What the flags say a run starts from; numbers only where they are given. */
export const requestOf = async (values: Values, ...counts: readonly string[]) => {
  const [inputs, prompt] = [textOf(values, "inputs"), textOf(values, "prompt")];
  const drawn = ["prompt", "seeds", ...counts].find((flag) => values[flag] !== undefined && flag !== "seed");
  if (inputs !== undefined && drawn !== undefined)
    throw new EngineError("argument-invalid", `--inputs and --${drawn} cannot be given together.`, {
      hint: "The tensors say what is made, and how many.",
    });
  const numbers = Object.fromEntries(
    ["steps", "guidance", ...counts].flatMap((flag) => {
      const value = numberOf(values, flag);
      return value === undefined ? [] : [[flag, value]];
    }),
  ) as { readonly steps?: number; readonly guidance?: number };
  const sigmas = sigmasOf(values);
  return {
    ...numbers,
    ...(sigmas === undefined ? {} : { sigmas }),
    ...(prompt === undefined ? {} : { prompt }),
    ...(inputs === undefined ? {} : { inputs: await readInputs(inputs) }),
  };
};

/** Tensors of a file; see `inputsFromTensors`. */
const readInputs = async (path: string): Promise<RunInputs> => {
  const bytes = new Uint8Array(await bytesOfFile(path, 2 ** 31));
  return inputsFromTensors(readSafetensors(bytes, path), `"${path}"`);
};
