import type { ErrorCode } from "diffusion-cache";

/** The parts of the reference page, in its order. */
export type ErrorGroup = "files" | "models" | "methods" | "requests" | "device";

/** What the reference says beside a code's own sentence. Backticks mark code. */
export interface ErrorHelp {
  readonly group: ErrorGroup;
  /** Why it comes. */
  readonly why: string;
  /** What to do. */
  readonly remedy: string;
}

export const errorHelp: Readonly<Record<ErrorCode, ErrorHelp>> = {
  "file-missing": {
    group: "files",
    why: "A path or address is misspelt, the server answers 404, the file may not be read, or a folder to write into is not there.",
    remedy:
      "Look at the path in the message. A model's folder has `config.json`, or `transformer/config.json` as diffusers saves it; a run also needs `scheduler/scheduler_config.json`.",
  },
  "file-invalid": {
    group: "files",
    why: "JSON that cannot be parsed, a safetensors header that does not fit its file, a trace, calibration or presets of another format or version, or a web page where a file was expected.",
    remedy:
      "The message names the file and the field. Make the file again with this version, or fetch it again if it was cut short.",
  },
  "download-failed": {
    group: "files",
    why: "The connection broke more often than the engine tries again, or the server refused.",
    remedy:
      "Try again: a download goes on where it was. For a server of another origin, check that it sends `Access-Control-Allow-Origin`.",
  },
  "hash-mismatch": {
    group: "files",
    why: "The file on the server and the manifest beside it are of different versions, or something on the way changed the bytes.",
    remedy: "Load again. If it stays, write the manifest's list of files anew after the last change of the model.",
  },
  "model-unknown": {
    group: "models",
    why: "`_class_name` in the configuration is not among the architectures of the engine.",
    remedy:
      "Use a checkpoint of one of the classes in the hint. A new architecture is one file in `src/engine/models`.",
  },
  "model-config": {
    group: "models",
    why: "A field of `config.json` is missing, of another type, or asks for a variant of the network that is not built here.",
    remedy:
      "Compare the named field with the class in diffusers; a checkpoint saved by `save_pretrained` has all of them.",
  },
  "card-unknown": {
    group: "models",
    why: "A model card is asked for by a name that no card has.",
    remedy: "Take a name of the list that `diffusion-cache cards` prints, or plan on a `config.json` with `--config`.",
  },
  "card-invalid": {
    group: "models",
    why: "A model card lacks a field, or holds a value that the planner does not take: rows that are no sum of products of N, L, T, S, I and 1, for one.",
    remedy: "The message names the field. `diffusion-cache cards --json` prints cards to compare with.",
  },
  "weight-missing": {
    group: "models",
    why: "The weights belong to another class or size than `config.json` says, or a shard is missing.",
    remedy: "Save weights and configuration together; check the list of shards in the index file.",
  },
  "weight-shape": {
    group: "models",
    why: "The weights belong to another size of the network than `config.json` says.",
    remedy: "The message has both shapes: they show which field of the configuration differs.",
  },
  "scheduler-unknown": {
    group: "models",
    why: "`_class_name` in `scheduler_config.json` is not among the schedulers of the engine.",
    remedy: "Take one of the classes in the hint that the model was trained for, with `scheduler` or `--scheduler`.",
  },
  "scheduler-config": {
    group: "models",
    why: "The configuration asks for a spacing, prediction type or noise schedule that is not there, or numbers that fit no schedule.",
    remedy: "Compare the named field with diffusers' documentation of the class.",
  },
  "method-unknown": {
    group: "methods",
    why: "The name is misspelt, or a trace was made by a version that has the method.",
    remedy: "Take one of the names in the hint; `diffusion-cache methods` lists them.",
  },
  "option-unknown": {
    group: "methods",
    why: "An option is misspelt, in snake_case, or belongs to another method. Nothing is ignored in silence.",
    remedy: "Options have diffusers' names in camelCase; the method's page lists them.",
  },
  "option-invalid": {
    group: "methods",
    why: "A value of another type, outside its range, or at odds with another option.",
    remedy: "The message has the value and what was expected, and the method's page the reason.",
  },
  "calibration-mismatch": {
    group: "methods",
    why: "MagCache, TeaCache, SmoothCache, DPCache and MeanCache use numbers measured on one model, one scheduler and one number of steps, and this run has another.",
    remedy:
      "Calibrate for this run: `engine.calibrate({ steps })`, or `diffusion-cache calibrate`. To use the numbers all the same, leave `calibratedFor` out.",
  },
  "site-missing": {
    group: "methods",
    why: "The model has no such sub-layers, the range of blocks is empty, or the method reuses the unconditional branch and guidance is 1.",
    remedy:
      "Choose sites that the model has (`sitesOf` lists them), a guidance above 1 for CFG-Cache and FasterCache, or another method.",
  },
  "site-conflict": {
    group: "methods",
    why: "Two methods of one run name the same site, or overlapping ones of which neither lies inside the other.",
    remedy: "Give each site to one method: most take `sites` or a range of blocks.",
  },
  "needs-readings": {
    group: "methods",
    why: "A plan draws decisions without a model, and this method decides by what it measures in a run.",
    remedy: "Give the trace of a run: `--readings TRACE.json`, or `recordedReadings` in a program.",
  },
  "prompt-invalid": {
    group: "requests",
    why: "The models of this site know a small language, and a word or the order of words is not in it.",
    remedy: "The hint has the nearest words. The list under the prompt of every example has all of them.",
  },
  "input-invalid": {
    group: "requests",
    why: "A number of steps, a seed, guidance or tensor that the run cannot start from.",
    remedy: "The message has the value and the expected range or shape.",
  },
  "argument-invalid": {
    group: "requests",
    why: "A flag of the command line is misspelt, missing, given twice, or its value cannot be read.",
    remedy: "`diffusion-cache VERB --help` lists the flags of a verb with their values.",
  },
  stopped: {
    group: "requests",
    why: "Stop was pressed, or the `signal` of the request was aborted.",
    remedy: "Nothing: the engine is ready for the next run.",
  },
  disposed: {
    group: "requests",
    why: "`dispose()` was called, or the page replaced the engine by one on another model or backend.",
    remedy: "Create a new engine.",
  },
  "backend-missing": {
    group: "device",
    why: "WebGPU was asked for by name where the browser has none, no adapter, one that failed the self-test, or a driver that does not answer.",
    remedy: "Ask for `auto`: the ladder then goes down to WebAssembly, and `engine.device` says why.",
  },
  "threads-silent": {
    group: "device",
    why: "A bundler or a filter gave onnxruntime-web another script in place of that of its threads.",
    remedy:
      '`createWorkerEngine` goes on with one thread by itself, and `engine.device` says so. Elsewhere give `threads: 1`, in a page or program that starts anew; with Vite, `worker: { format: "es" }` cures the usual cause.',
  },
  "webassembly-missing": {
    group: "device",
    why: "The browser is too old or has WebAssembly switched off, the processor lacks the vector instructions that its SIMD is made of, or the page is served under a policy without `'wasm-unsafe-eval'`.",
    remedy:
      "The hint says which of the three it is and what mends it. `expectWebAssembly` asks without loading anything; all that needs no run works without it.",
  },
  "device-lost": {
    group: "device",
    why: "The driver was reset, the GPU was taken away or overloaded, or the computer slept.",
    remedy:
      "Create the engine again; an example of this site does so by itself once. If it comes back, use WebAssembly.",
  },
  "out-of-memory": {
    group: "device",
    why: "Weights, activations and kept features together exceed what the GPU gives to a page, or one tensor exceeds the largest buffer of the GPU or the 4 GiB that WebAssembly can address.",
    remedy:
      "Fewer clips at once, a method that keeps less, a smaller model, or fewer other pages open. The engine is ready for another try.",
  },
  "runtime-failed": {
    group: "device",
    why: "A graph was refused by onnxruntime-web, a command by the driver, or the engine's worker died or closed its port.",
    remedy:
      "Reload, or use the other backend. If it comes back, it is a defect: the message has what the runtime said.",
  },
  "not-finite": {
    group: "device",
    why: "Caching so strong that errors grow from step to step, weights that overflow in half precision, or an input with NaN.",
    remedy: "Weaken the caching, then run without it: if that fails too, the cause is the model or its input.",
  },
};
