/**
 * Every way the engine can refuse, with the sentence that the reference page prints beside the code.
 * Codes are permanent: scripts and links depend on them.
 */
export const errorCodes = {
  "file-missing": "A file that was asked for is not there or cannot be read.",
  "file-invalid": "A file was read but its content is not what its format promises.",
  "download-failed": "The network or the server ended a download before it was complete.",
  "hash-mismatch": "A downloaded file does not have the SHA-256 that its manifest names.",
  "model-unknown": "The checkpoint names an architecture that the engine does not have.",
  "model-config": "A checkpoint's configuration holds a value that the architecture does not take.",
  "weight-missing": "The network needs a weight that the checkpoint does not hold.",
  "weight-shape": "A weight of the checkpoint has another shape than the network needs.",
  "card-unknown": "There is no model card of this name.",
  "card-invalid": "A model card holds a field that the planner does not take.",
  "scheduler-unknown": "The scheduler configuration names a class that the engine does not have.",
  "scheduler-config": "The scheduler configuration holds a value that the engine does not take.",
  "method-unknown": "No caching method has this name.",
  "option-unknown": "A caching method has no option of this name.",
  "option-invalid": "An option has a value outside its range.",
  "calibration-mismatch": "A method's numbers were measured on another model, scheduler or number of steps.",
  "site-missing": "A caching method finds nothing to cache in this model.",
  "site-conflict": "Two caching methods would decide at one place.",
  "prompt-invalid": "A prompt holds a word that the model's vocabulary does not have.",
  "input-invalid": "An input of a run has the wrong shape, type or range.",
  "argument-invalid": "A command-line argument is unknown, missing or out of range.",
  "backend-missing": "The wanted backend cannot run here.",
  "threads-silent": "The threads of WebAssembly were started and gave no answer.",
  "webassembly-missing": "WebAssembly, which every backend needs, is missing, blocked or too old here.",
  "device-lost": "The GPU device went away during a run.",
  "out-of-memory": "The device, or WebAssembly, has no room for a tensor.",
  "runtime-failed": "The runtime, onnxruntime-web, refused a graph or failed while running it.",
  "not-finite": "A run produced a value that is not a number.",
  "needs-readings": "This method decides by data, so a plan needs the readings of a recorded run.",
  stopped: "The run was stopped before its last step.",
  disposed: "The engine was disposed of before it had done what it was asked.",
} as const;

/** A key of {@link errorCodes}. */
export type ErrorCode = keyof typeof errorCodes;
