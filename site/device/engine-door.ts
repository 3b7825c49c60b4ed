// What a run needs of the engine, loaded with the first run. Only these names: importing the whole engine dynamically
// would bring its copy for the page's own thread, and with it a second onnxruntime.
export {
  autotune,
  bench,
  compare,
  compareClips,
  compareRuns,
  createWorkerEngine,
  errorMap,
  fewerSteps,
  idealSpeedup,
  inputsFromTensors,
  methodFromName,
  randn,
  readSafetensors,
  serveEngine,
  takesNumbers,
} from "diffusion-cache";
