import {
  type CacheMethod,
  compareClips,
  type Engine,
  idealSpeedup,
  ladders,
  type MethodName,
  methodFromName,
  type Trace,
} from "diffusion-cache";
import { profileOf } from "../device/engines.js";
import { statusOf } from "../device/run-status.js";
import type { PanelRun } from "../device/runs.svelte.js";
import { calibrationAt } from "../model/checkpoints.js";
import type { RunName } from "../program/example-module.js";
import { timeLeft } from "../table/trade-off-exports.js";
import type { Made } from "./pareto.svelte.js";
import { type BarePoint, fewerPoint, namedPoint, type QualityPoint, trialPoint } from "./quality-points.js";

// What runs in the page. It brings the methods, so it is loaded when it is asked for.

/** The method of a point, with the numbers of the calibration of the model at `address`. */
export const methodsOf = async (
  { kind, name, options }: QualityPoint,
  address: string,
): Promise<readonly CacheMethod[]> => {
  if (kind === "fewer") return [];
  const numbers = (await calibrationAt(address))[name as "magcache"];
  return [methodFromName(name, { ...numbers, ...options })];
};

interface SweepAsked {
  readonly address: string;
  /** A method's short name, or "all". */
  readonly method: string;
  readonly titles: Readonly<Record<string, { readonly title: string }>>;
}

/** Tells of all points so far, where they are from, and how far it has come. */
type OnPoint = (points: readonly QualityPoint[], source: string, said: string, share: number) => void;

/** Measures fewer steps, and every setting of a method or of all, each beside an uncached run. */
export const sweep = async (
  { engine: open, signal, current, note }: PanelRun,
  { address, method, titles }: SweepAsked,
  onPoint: OnPoint,
): Promise<Engine> => {
  const engine = await open({ address });
  const { autotune, fewerSteps } = await import("../device/engine-door.js");
  const { name, defaults } = engine.model;
  const methods = (method === "all" ? Object.keys(ladders) : [method]) as MethodName[];
  const most = methods.reduce((sum, name) => sum + ladders[name].length, 0) + 8;
  const source = `Your own sweep: ${name} on ${engine.device.description}, ${defaults.steps} steps, one clip, each setting beside an uncached run`;
  /** Of the run that ended last: a trial's own, when it is told of. */
  let last: Trace | undefined;
  const heard: Engine = {
    ...engine,
    generate: async (request) => {
      const result = await engine.generate(request);
      last = result.trace;
      return result;
    },
  };
  const start = performance.now();
  let found: readonly QualityPoint[] = [];
  const add = (bare: BarePoint): void => {
    if (!current()) return;
    const point = namedPoint(bare, titles);
    found = [...found, point];
    const share = Math.min(0.99, found.length / most);
    const left = timeLeft(((performance.now() - start) * (1 - share)) / share);
    onPoint(
      found,
      `${source}${note()}.`,
      `Measuring, ${found.length} of about ${most}: ${point.label}, ${left}`,
      share,
    );
  };
  await fewerSteps(engine, { signal, onPoint: (point) => add(fewerPoint(point, defaults.steps)) });
  const profile = await profileOf(engine, signal);
  await autotune(heard, {
    ...{ floor: { psnr: 0 }, methods, signal },
    onTrial: (trial) => add(trialPoint(trial, last && idealSpeedup(last, profile))),
  });
  return engine;
};

/** Makes the clip of a point beside the uncached one. */
export const makeClips = async (
  { engine: open, signal, current, note }: PanelRun,
  { address, point }: { readonly address: string; readonly point: QualityPoint },
  show: (change: Partial<Made>) => void,
  say: (text: string, share?: number) => void,
): Promise<Engine> => {
  const engine = await open({ address });
  const make = async (name: RunName, cache: readonly CacheMethod[], steps?: number) => {
    const { clip, trace } = await engine.generate({
      ...{ cache, signal, ...(steps === undefined ? {} : { steps }) },
      onProgress: (progress) => {
        const { text, share } = statusOf(name, progress);
        if (current()) say(text, share);
      },
    });
    const label = `${name === "uncached" ? name : point.label} clip of: ${trace.prompt}`;
    if (current()) show({ clips: { [name]: { pixels: clip, label } } });
    return { clip, ms: trace.totals.wallMs };
  };
  const uncached = await make("uncached", []);
  const cached = await make("cached", await methodsOf(point, address), point.steps);
  const { psnr, ssim } = compareClips(uncached.clip, cached.clip);
  const alike = Number.isFinite(psnr) ? `${psnr.toFixed(1)} dB` : "equal";
  const said = `Made here: ${(uncached.ms / cached.ms).toFixed(2)} times as fast, ${alike}, SSIM ${ssim.toFixed(3)}${note()}.`;
  if (current()) show({ said });
  return engine;
};
