import {
  type CacheMethod,
  type Calibration,
  compareClips,
  type Engine,
  ladders,
  type MethodName,
  methodFromName,
} from "diffusion-cache";
import type { Clips } from "../clips/clips.js";
import { type PanelRun, panelRuns } from "../device/panel-run.js";
import { statusOf } from "../device/run-status.js";
import { modelOf, onModel, type PageModel } from "../model/models.js";
import { inMemory } from "../page/bytes.js";
import { loadJson } from "../page/missing-part.js";
import { snippetTabs } from "../snippets/snippet-tabs.js";
import { timeLeft } from "../table/trade-off-exports.js";
import { fewerPoint, foundInWords, frontierOf, type QualityPoint, trialPoint } from "./quality-points.js";

interface Config {
  readonly models: readonly Omit<PageModel, "calibration">[];
  readonly titles: Readonly<Record<string, { readonly title: string; readonly href: string }>>;
  /** By model: where there is a recorded sweep, its points and where they are from. */
  readonly recorded: Readonly<Record<string, { readonly source: string; readonly points: readonly QualityPoint[] }>>;
  readonly base: string;
}

/** Speed against quality over the settings of the methods: recorded first, then swept here; each point leads to its settings and clips. */
class Pareto extends HTMLElement {
  #config = {} as Config;
  /** Own sweeps, by model. */
  #own = new Map<string, { readonly source: string; readonly points: readonly QualityPoint[] }>();
  #chosen: QualityPoint | undefined;
  #runs = {} as ReturnType<typeof panelRuns>;
  #calibrations = new Map<string, Promise<Calibration>>();
  #snippet: ReturnType<typeof snippetTabs> | undefined;
  #stopFollowing: (() => void) | undefined;

  connectedCallback(): void {
    this.#config = JSON.parse(this.dataset.config ?? "{}", (_, value) =>
      value === Number.MAX_VALUE ? Number.POSITIVE_INFINITY : value,
    ) as Config;
    this.#snippet = snippetTabs(this);
    for (const name of ["method", "psnr", "ssim"]) this.#part(name).addEventListener("input", () => void this.#draw());
    this.#runs = panelRuns(this, {
      ...{ base: this.#config.base, starts: ["run", "clips"] },
      failed: "The sweep was not finished. What was measured is kept.",
      stopped: () => "Stopped. What was measured is kept.",
    });
    this.#part("run").addEventListener("click", () => void this.#runs.run((run) => this.#measure(run)));
    this.#part("clips").addEventListener("click", () => void this.#runs.run((run) => this.#makeClips(run)));
    this.#stopFollowing = onModel(() => this.#begin());
    this.#begin();
  }

  disconnectedCallback(): void {
    this.#runs.end();
    this.#stopFollowing?.();
  }

  #part<T extends HTMLElement = HTMLElement>(name: string): T {
    return this.querySelector(`[data-part=${name}]`) as T;
  }

  /** The chart of the model, and its fastest setting on the frontier. */
  #begin(): void {
    void this.#draw();
    const first = frontierOf(this.#sweep.points.filter(({ kind }) => kind === "method")).at(-1);
    if (first) void this.#choose(first);
  }

  get #sweep(): { readonly source: string; readonly points: readonly QualityPoint[] } {
    const { name } = this.#model;
    const none = { source: `No sweep of ${name} is recorded. Press Sweep to measure it here.`, points: [] };
    return this.#own.get(name) ?? this.#config.recorded[name] ?? none;
  }

  get #model(): Omit<PageModel, "calibration"> {
    return modelOf(this.#config.models);
  }

  async #draw(): Promise<void> {
    const method = this.#part<HTMLSelectElement>("method").value;
    const { points: all, source } = this.#sweep;
    this.#part("source").textContent = source;
    const fewer = all.filter(({ kind }) => kind === "fewer");
    const points = all.filter(({ kind, name }) => kind === "method" && (method === "all" || name === method));
    const floor = {
      psnr: this.#part<HTMLInputElement>("psnr").valueAsNumber || 0,
      ssim: this.#part<HTMLInputElement>("ssim").valueAsNumber || 0,
    };
    // A new sweep, another model or another method may have taken away what was chosen.
    const shown = [...points, ...fewer];
    const best = frontierOf(points).at(-1) ?? fewer.at(-1);
    if (this.#chosen && !shown.includes(this.#chosen) && best) void this.#choose(best);
    this.#part("found").textContent = foundInWords([...points, ...fewer], floor);
    const [{ paretoChart }, { chartFigure }] = await Promise.all([
      import("./pareto-chart.js"),
      import("../charts/figure.js"),
    ]);
    const chart = paretoChart(points, fewer, frontierOf(points), (point) => void this.#choose(point, true));
    const key = (colour: string, text: string): string =>
      `<span class="dc-legend"><i style="background: var(${colour})"></i>${text}</span>`;
    const keys =
      key("--dc-cached", "frontier") + key("--dc-reuse", "other settings") + key("--dc-forecast", "fewer steps");
    const open = this.#part("chart").querySelector("details")?.open ?? false;
    this.#part("chart").replaceChildren(chartFigure(chart, keys));
    for (const details of this.#part("chart").querySelectorAll("details")) details.open = open;
  }

  async #choose(point: QualityPoint, asked = false): Promise<void> {
    this.#chosen = point;
    const page = this.#config.titles[point.name];
    const title = this.#part<HTMLAnchorElement>("title");
    title.textContent = point.label;
    if (page) title.href = page.href;
    else title.removeAttribute("href");
    this.#part("numbers").textContent =
      `${point.speedup.toFixed(2)} times as fast, ${Number.isFinite(point.psnr) ? `${point.psnr.toFixed(1)} dB` : "an equal clip"}, SSIM ${point.ssim.toFixed(3)}, cache ${inMemory(point.cacheBytes)}.`;
    this.#part<HTMLButtonElement>("clips").disabled = this.#runs.running();
    this.#part("clips-said").textContent = "";
    this.#part("snippets").hidden = point.kind === "fewer"; // nothing to configure but the number of steps
    this.#part("made").hidden = true;
    const { name, defaults } = this.#model;
    const methods = await this.#methodsOf(point).catch(() => undefined);
    if (this.#chosen !== point || !methods) return;
    const settings = { ...defaults, steps: point.steps ?? defaults.steps, seed: 0, options: {} };
    this.#snippet?.(methods, settings, name);
    if (asked) this.#part("chosen").scrollIntoView({ block: "nearest" });
  }

  /** The method of a point; a calibration is fetched for those that take one. */
  async #methodsOf({ kind, name, options }: QualityPoint): Promise<readonly CacheMethod[]> {
    if (kind === "fewer") return [];
    const { address } = this.#model;
    const found = this.#calibrations.get(address) ?? loadJson<Calibration>(`${address}/calibration.json`);
    this.#calibrations.set(address, found);
    const numbers = (await found)[name as "magcache"];
    return [methodFromName(name, { ...numbers, ...options })];
  }

  /** Every setting of the chosen method, or of all, and fewer steps; the chart follows point by point. */
  async #measure({ engine: open, signal, current, note }: PanelRun): Promise<Engine> {
    const engine = await open(this.#model);
    const { autotune, fewerSteps } = await import("../device/engine-door.js");
    const method = this.#part<HTMLSelectElement>("method").value;
    const methods = (method === "all" ? Object.keys(ladders) : [method]) as MethodName[];
    const most = methods.reduce((sum, name) => sum + ladders[name].length, 0) + 8;
    const source = `Your own sweep: ${engine.model.name} on ${engine.device.description}, ${engine.model.defaults.steps} steps, one clip, each setting beside an uncached run`;
    const start = performance.now();
    let found: readonly QualityPoint[] = [];
    const add = (point: QualityPoint): void => {
      if (!current()) return;
      found = [...found, point];
      this.#own.set(engine.model.name, { source: `${source}${note()}.`, points: found });
      const share = Math.min(0.99, found.length / most);
      const left = timeLeft(((performance.now() - start) * (1 - share)) / share);
      this.#runs.say(`Measuring, ${found.length} of about ${most}: ${point.label}, ${left}`, share);
      void this.#draw();
    };
    await fewerSteps(engine, { signal, onPoint: (point) => add(fewerPoint(point)) });
    await autotune(engine, {
      ...{ floor: { psnr: 0 }, methods, signal },
      onTrial: (trial) => add(trialPoint(trial, this.#config.titles)),
    });
    return engine;
  }

  async #makeClips({ engine: open, signal, note }: PanelRun): Promise<Engine> {
    const engine = await open(this.#model);
    const point = this.#chosen;
    const clips = this.querySelector<Clips>("dc-clips");
    if (!point || !clips) return engine;
    clips.clear();
    this.#part("made").hidden = false;
    const made = async (which: "uncached" | "cached", cache: readonly CacheMethod[], steps?: number) => {
      const request = { cache, signal, ...(steps === undefined ? {} : { steps }) };
      const { clip, trace } = await engine.generate({
        ...request,
        onProgress: (progress) => {
          const { text, share } = statusOf(which, progress);
          if (!signal.aborted) this.#runs.say(text, share);
        },
      });
      clips.put(which, clip, `${which === "uncached" ? "uncached" : point.label} clip of: ${trace.prompt}`);
      return { clip, ms: trace.totals.wallMs };
    };
    const uncached = await made("uncached", []);
    const cached = await made("cached", await this.#methodsOf(point), point.steps);
    const { psnr, ssim } = compareClips(uncached.clip, cached.clip);
    this.#part("clips-said").textContent =
      `Made here: ${(uncached.ms / cached.ms).toFixed(2)} times as fast, ${Number.isFinite(psnr) ? `${psnr.toFixed(1)} dB` : "equal"}, SSIM ${ssim.toFixed(3)}${note()}.`;
    return engine;
  }
}

customElements.define("dc-pareto", Pareto);
