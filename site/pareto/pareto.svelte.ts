import {
  type CacheMethod,
  type Calibration,
  compareClips,
  type Engine,
  idealSpeedup,
  ladders,
  type MethodName,
  methodFromName,
  type Trace,
} from "diffusion-cache";
import { fromStore } from "svelte/store";
import type { Pixels } from "../clips/frames.js";
import { profileOf } from "../device/engines.js";
import { statusOf } from "../device/run-status.js";
import { type PanelRun, Runs } from "../device/runs.svelte.js";
import { chosenModel, modelNamed, type PageModel } from "../model/models.js";
import { loadJson } from "../page/missing-part.js";
import type { RunName } from "../program/example-module.js";
import { timeLeft } from "../table/trade-off-exports.js";
import { fewerPoint, foundInWords, frontierOf, type QualityPoint, trialPoint } from "./quality-points.js";

/** Points, and where they are from. */
interface Points {
  readonly source: string;
  readonly points: readonly QualityPoint[];
}

/** What the page hands to its chart of speed against quality. */
export interface ParetoConfig {
  readonly models: readonly (Omit<PageModel, "calibration"> & { readonly clip: Size })[];
  readonly titles: Readonly<Record<string, { readonly title: string; readonly href: string }>>;
  /** By model: where there is a recorded sweep. */
  readonly recorded: Readonly<Record<string, Points>>;
  readonly base: string;
}

interface Size {
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  readonly fps: number;
}

/** A pair of clips made of a point. */
interface Made {
  readonly of: QualityPoint;
  readonly clips: Partial<Readonly<Record<RunName, { readonly pixels: Pixels; readonly label: string }>>>;
  readonly said: string;
}

/** Speed against quality over the settings of the methods: recorded first, then swept here; each point leads to its settings and clips. */
export class Pareto {
  readonly config: ParetoConfig;
  readonly runs = new Runs({
    idle: "Not swept here yet.",
    failed: "The sweep was not finished. What was measured is kept.",
    stopped: () => "Stopped. What was measured is kept.",
  });
  readonly #model = fromStore(chosenModel);
  readonly #calibrations = new Map<string, Promise<Calibration>>();
  /** Own sweeps, by model. */
  own = $state.raw<Readonly<Record<string, Points>>>({});
  method = $state("all");
  floor = $state({ psnr: 30, ssim: 0.95 });
  picked = $state.raw<QualityPoint>();
  made = $state.raw<Made>();

  readonly model = $derived.by(() => modelNamed(this.config.models, this.#model.current));
  readonly sweep: Points = $derived.by(() => {
    const { name } = this.model;
    const none = { source: `No sweep of ${name} is recorded. Press Sweep to measure it here.`, points: [] };
    return this.own[name] ?? this.config.recorded[name] ?? none;
  });
  readonly fewer = $derived(this.sweep.points.filter(({ kind }) => kind === "fewer"));
  readonly points = $derived(
    this.sweep.points.filter(({ kind, name }) => kind === "method" && (this.method === "all" || name === this.method)),
  );
  readonly frontier = $derived(frontierOf(this.points));
  readonly found = $derived(
    foundInWords([...this.points, ...this.fewer], { psnr: this.floor.psnr || 0, ssim: this.floor.ssim || 0 }),
  );
  /** The picked point, or the fastest of the frontier where a sweep, a model or a method has taken that away. */
  readonly chosen = $derived.by(() => {
    const { picked, points, fewer, frontier } = this;
    const shown = [...points, ...fewer];
    return picked && shown.includes(picked) ? picked : (frontier.at(-1) ?? fewer.at(-1));
  });

  constructor(config: ParetoConfig) {
    this.config = config;
  }

  /** The method of a point; a calibration is fetched for those that take one. */
  async methodsOf({ kind, name, options }: QualityPoint): Promise<readonly CacheMethod[]> {
    if (kind === "fewer") return [];
    const { address } = this.model;
    const found = this.#calibrations.get(address) ?? loadJson<Calibration>(`${address}/calibration.json`);
    this.#calibrations.set(address, found);
    const numbers = (await found)[name as "magcache"];
    return [methodFromName(name, { ...numbers, ...options })];
  }

  async measure(): Promise<void> {
    if (!this.runs.busy) await this.runs.run((run) => this.#measure(run, this.method));
  }

  async makeClips(): Promise<void> {
    const { chosen } = this;
    if (!this.runs.busy && chosen) await this.runs.run((run) => this.#makeClips(run, chosen));
  }

  /** Every setting of the chosen method, or of all, and fewer steps; the chart follows point by point. */
  async #measure({ engine: open, signal, current, note }: PanelRun, method: string): Promise<Engine> {
    const engine = await open(this.model);
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
    const add = (point: QualityPoint): void => {
      if (!current()) return;
      found = [...found, point];
      this.own = { ...this.own, [name]: { source: `${source}${note()}.`, points: found } };
      const share = Math.min(0.99, found.length / most);
      const left = timeLeft(((performance.now() - start) * (1 - share)) / share);
      this.runs.say(`Measuring, ${found.length} of about ${most}: ${point.label}, ${left}`, share);
    };
    await fewerSteps(engine, { signal, onPoint: (point) => add(fewerPoint(point, defaults.steps)) });
    const profile = await profileOf(engine, signal);
    await autotune(heard, {
      ...{ floor: { psnr: 0 }, methods, signal },
      onTrial: (trial) => add(trialPoint(trial, this.config.titles, last && idealSpeedup(last, profile))),
    });
    return engine;
  }

  async #makeClips({ engine: open, signal, current, note }: PanelRun, point: QualityPoint): Promise<Engine> {
    const engine = await open(this.model);
    this.made = { of: point, clips: {}, said: "" };
    const show = (change: Partial<Made>): void => {
      if (current() && this.made) this.made = { ...this.made, ...change };
    };
    const make = async (name: RunName, cache: readonly CacheMethod[], steps?: number) => {
      const { clip, trace } = await engine.generate({
        ...{ cache, signal, ...(steps === undefined ? {} : { steps }) },
        onProgress: (progress) => {
          const { text, share } = statusOf(name, progress);
          if (current()) this.runs.say(text, share);
        },
      });
      const label = `${name === "uncached" ? name : point.label} clip of: ${trace.prompt}`;
      show({ clips: { ...this.made?.clips, [name]: { pixels: clip, label } } });
      return { clip, ms: trace.totals.wallMs };
    };
    const uncached = await make("uncached", []);
    const cached = await make("cached", await this.methodsOf(point), point.steps);
    const { psnr, ssim } = compareClips(uncached.clip, cached.clip);
    const alike = Number.isFinite(psnr) ? `${psnr.toFixed(1)} dB` : "equal";
    show({
      said: `Made here: ${(uncached.ms / cached.ms).toFixed(2)} times as fast, ${alike}, SSIM ${ssim.toFixed(3)}${note()}.`,
    });
    return engine;
  }
}
