import {
  type CacheMethod,
  compareClips,
  createWorkerEngine,
  type Engine,
  EngineError,
  type Progress,
  pab,
  type Result,
} from "diffusion-cache";
import { play } from "./play.js";

/** The folder of a checkpoint: here one in public/, or any address whose server lets this page read it. */
const model = import.meta.env["VITE_MODEL"] ?? "./models/latte-motion-nano";

/** What is tried: Pyramid Attention Broadcast. Put another method here, or several. */
const cache: readonly CacheMethod[] = [
  pab({ spatialAttentionBlockSkipRange: 2, temporalAttentionBlockSkipRange: 3, crossAttentionBlockSkipRange: 6 }),
];

const find = <Name extends Element>(selector: string): Name => document.querySelector(selector) as Name;
const form = find<HTMLFormElement>("form");
const status = find<HTMLElement>("[role=status]");
const [run, stop] = [find<HTMLButtonElement>("[name=run]"), find<HTMLButtonElement>("[name=stop]")];

let engine: Engine | undefined;
let running: AbortController | undefined;

const say = (progress: Progress): void => {
  if (progress.phase === "download")
    status.textContent = `Loading the model: ${progress.loaded} of ${progress.total} bytes`;
  if (progress.phase === "compile") status.textContent = `Preparing graph ${progress.done + 1} of ${progress.total}`;
  if (progress.phase === "step") status.textContent = `Step ${progress.step + 1} of ${progress.steps}`;
};

const totals = ({ trace }: Result) => ({
  backend: trace.backend.name,
  wallMs: Math.round(trace.totals.wallMs),
  cacheBytes: trace.totals.bytes.peak.cache,
  reused: trace.visits.filter(({ decision }) => decision !== "compute").length,
  visits: trace.visits.length,
});

const generate = async (signal: AbortSignal): Promise<void> => {
  const asked = new FormData(form);
  const [prompt, steps, seed] = [String(asked.get("prompt")), Number(asked.get("steps")), Number(asked.get("seed"))];
  engine ??= await createWorkerEngine({ model, signal, onProgress: say });
  const request = { prompt, steps, seed, signal, onProgress: say };
  const uncached = await engine.generate(request);
  play(find("#uncached"), uncached.clip);
  const cached = await engine.generate({ ...request, cache });
  play(find("#cached"), cached.clip);
  const { psnr, ssim } = compareClips(uncached.clip, cached.clip);
  const report = { uncached: totals(uncached), cached: totals(cached), quality: { psnr, ssim } };
  find("pre").textContent = JSON.stringify(report, null, 2);
  status.textContent = `Done on ${engine.device.description}.`;
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  running = new AbortController();
  [run.disabled, stop.disabled] = [true, false];
  try {
    await generate(running.signal);
  } catch (error) {
    const hint = error instanceof EngineError ? (error.hint ?? "") : "";
    status.textContent = `${error instanceof Error ? error.message : error} ${hint}`;
  }
  [run.disabled, stop.disabled] = [false, true];
});
stop.addEventListener("click", () => running?.abort());
