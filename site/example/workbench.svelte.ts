import { type CacheMethod, type Engine, promptGrammar, type Trace } from "diffusion-cache";
import type { PreviewLog } from "../clips/previews.js";
import { stripPixels } from "../clips/recorded-clips.js";
import { type PanelRun, Runs } from "../device/runs.svelte.js";
import { chooseModel, modelNamed, modelOf, onModel } from "../model/models.js";
import { codeOf, messageOf } from "../page/failure.js";
import { loadJson } from "../page/missing-part.js";
import { type Asked, sameAsked } from "../program/asked.js";
import { defaultsOf, type Outcome, type RunName } from "../program/example-module.js";
import type { Repeats } from "../program/repeats.js";
import { type Shared, ShareError, shareLink } from "../program/share-link.js";
import { sharedSettings } from "../program/shared-settings.js";
import { Follow } from "./follow.svelte.js";
import type { Found } from "./found-out.js";
import { type Loaded, loadParts } from "./loaded.js";
import type { Forming, Made, Request } from "./made.js";
import type { BenchModel, Findings, PanelConfig } from "./panel.js";
import { Program } from "./program.svelte.js";

/** A pair of runs that the panel shows, with the settings that made it. */
export interface Shown extends Findings {
  readonly clips: Forming["clips"];
  /** Not there until the recorded ones are loaded. */
  readonly traces: Readonly<Record<RunName, Trace>> | undefined;
  /** Of the reader's own run; undefined for the recorded one. */
  readonly own: { readonly outcome: Outcome; readonly previews: PreviewLog } | undefined;
}

/** The state of a workbench: what is asked, what is shown and with which settings it was made, and what runs. */
export class Workbench {
  readonly config: PanelConfig;
  readonly #root: () => HTMLElement | undefined;
  readonly runs: Runs;
  readonly program: Program;
  readonly follow = new Follow(() => void this.#followed());
  #loading: Promise<Loaded> | undefined;
  #loaded = $state.raw<Loaded>();
  /** Ends the measurement behind the last run, so that the next one does not wait for it. */
  #measuring: AbortController | undefined;

  asked = $state.raw() as Asked;
  pairs = $state<Repeats>(1);
  shown = $state.raw() as Shown;
  /** The run under way, as far as it has come. */
  forming = $state.raw<Forming>();
  /** Something that went wrong and was mended. */
  notice = $state("");

  readonly model: BenchModel = $derived.by(() => modelNamed(this.config.models, this.asked.model));
  readonly plan = $derived.by(() => {
    if (!this.#loaded) return undefined;
    const { module, planned, models } = this.#loaded;
    return planned(module, modelNamed(models, this.asked.model), this.asked);
  });
  /** Whether what is shown was made with other settings than those that are set. */
  readonly stale = $derived(!sameAsked(this.asked, this.shown.asked));
  readonly methods: readonly CacheMethod[] = $derived.by(() => {
    if (!this.#loaded) return [];
    const { module, models } = this.#loaded;
    try {
      return module.methods(this.asked.options, modelNamed(models, this.asked.model).calibration);
    } catch {
      return []; // the plan says why
    }
  });

  constructor(config: PanelConfig, root: () => HTMLElement | undefined, leave: () => void) {
    this.config = config;
    this.#root = root;
    const { address: _, ...recorded } = config.recorded;
    this.shown = { ...recorded, clips: {}, traces: undefined, own: undefined };
    this.asked = this.#defaults(modelOf(config.models));
    this.runs = new Runs({ idle: "Not run yet.", fail: (error) => this.program.fail(error) });
    const { example, base, models } = config;
    this.program = new Program({
      ...{ example, base, models, leave },
      model: () => this.model,
      run: () => void this.run(),
      say: (text) => this.runs.busy && this.runs.say(text),
    });
  }

  #defaults({ name, defaults: { prompt, steps, guidance } }: BenchModel): Asked {
    return { model: name, prompt, seed: 0, steps, guidance, options: defaultsOf(this.config.knobs) };
  }

  load(): Promise<Loaded> {
    const all = async (): Promise<Loaded> => {
      this.#loaded = await loadParts(this.config);
      return this.#loaded;
    };
    this.#loading ??= all().catch((error) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  /** Begins to listen. @returns ends that */
  attach(): () => void {
    const unfollow = onModel(() => this.#otherModel());
    this.#otherModel();
    return () => {
      unfollow();
      this.follow.end();
      this.runs.end();
      this.#measuring?.abort();
    };
  }

  /** Another model has another language: a prompt that it knows, and its guidance. */
  #otherModel(): void {
    const { name, defaults } = modelOf(this.config.models);
    if (name === this.asked.model) return;
    this.follow.lastMs = Number.POSITIVE_INFINITY;
    this.ask({ model: name, prompt: defaults.prompt, guidance: defaults.guidance });
  }

  ask(change: Partial<Asked>): void {
    this.asked = { ...this.asked, ...change };
    void this.load();
    if ("options" in change || "steps" in change || "guidance" in change) this.follow.moved();
  }

  /** Makes what is shown follow what is asked, where the settings allow a run. */
  async #followed(): Promise<void> {
    if (!this.stale || this.program.edited() || (this.plan && "why" in this.plan)) return;
    await this.run();
  }

  reset(): void {
    this.asked = this.#defaults(this.model);
    this.runs.failure = undefined;
  }

  /** Loads the clips of the recorded run, for as long as it is shown. */
  async showRecordedClips(): Promise<void> {
    const { address } = this.config.recorded;
    const { frames } = modelNamed(this.config.models, this.shown.asked.model).clip;
    const [uncached, cached] = await Promise.all(
      ["uncached", "cached"].map((name) => stripPixels(`${address}/${name}.png`, frames)),
    );
    if (this.shown.own || !uncached || !cached) return;
    const label = (name: RunName): string => `${name} clip of the recorded run`;
    const clips = {
      uncached: { pixels: uncached, label: label("uncached") },
      cached: { pixels: cached, label: label("cached") },
    };
    this.shown = { ...this.shown, clips };
  }

  /** Loads the traces of the recorded run, for charts and for walking through it. */
  async showRecordedTraces(): Promise<void> {
    if (this.shown.traces) return;
    const { quality, ...run } = await loadJson<Record<RunName, Trace> & Pick<Outcome, "quality">>(
      `${this.config.recorded.address}/run.json`,
    );
    if (!this.shown.own) this.shown = { ...this.shown, traces: { ...run, cached: { ...run.cached, quality } } };
  }

  async run(): Promise<void> {
    if (this.runs.busy) return;
    this.follow.end();
    this.#measuring?.abort();
    this.notice = "";
    // As they are now: while the engine loads, a link may bring others.
    const { asked, model, pairs } = this;
    const edited = this.program.edited();
    const ended = await this.runs.run(async (run) => {
      // Refused before anything is loaded. A program that was edited may ask for another one.
      if (!edited) promptGrammar(model.vocabulary).parse(asked.prompt);
      const { module, models } = await this.load();
      return this.#runOn(run, { asked, model: modelNamed(models, model.name), pairs, edited, module });
    });
    this.forming = undefined;
    if (ended && this.stale) this.follow.moved(); // while it ran
  }

  stop(): void {
    this.follow.end();
    this.forming = undefined;
    this.runs.stop();
  }

  /** A GPU that went away takes its buffers with it: once, the run is made again on whatever device there is now. */
  async #runOn(run: PanelRun, request: Request): Promise<Engine> {
    const attempt = async (): Promise<Engine> => {
      const engine = await run.engine(request.model);
      if (run.current()) await this.#make(engine, run, request);
      return engine;
    };
    try {
      return await attempt();
    } catch (error) {
      if (codeOf(error) !== "device-lost" || !run.current()) throw error;
      (await import("../device/engines.js")).forgetEngine();
      this.notice = `${messageOf(error)} The run began again on a new device.`;
      return attempt();
    }
  }

  async #make(engine: Engine, run: PanelRun, request: Request): Promise<void> {
    const [{ make }, { atOnce, measureIdeal, readClips }] = await Promise.all([
      import("./made.js"),
      import("./found-out.js"),
    ]);
    const begun = performance.now();
    const made = await make(engine, run, request, {
      say: (text, share) => this.runs.say(text, share),
      show: (forming) => {
        this.forming = forming;
      },
    });
    if (!run.current()) return;
    this.follow.lastMs = performance.now() - begun;
    const { outcome, speedups, previews } = made;
    this.#show(made, request.asked, run.note(), atOnce(outcome, speedups));
    const event = new CustomEvent("dc-outcome", { detail: { ...outcome, previews }, bubbles: true });
    this.#root()?.dispatchEvent(event);
    this.#measuring = new AbortController();
    void readClips(engine, outcome).then((found) => this.#add(outcome, found));
    void measureIdeal(engine, outcome, this.#measuring.signal).then((found) => this.#add(outcome, found));
  }

  #show({ outcome, rows, previews }: Made, asked: Asked, note: string, said: Required<Found>): void {
    const { uncached, cached } = outcome;
    const clip = (name: RunName) => ({ pixels: outcome[name].clip, label: `${name} clip of: ${asked.prompt}` });
    this.shown = {
      ...{ asked, rows, ...said },
      source: `Your own run of ${cached.trace.model.name}, on ${cached.trace.backend.description}${note}.`,
      clips: { uncached: clip("uncached"), cached: clip("cached") },
      traces: { uncached: uncached.trace, cached: { ...cached.trace, quality: outcome.quality } },
      own: { outcome, previews },
    };
  }

  /** What is found out about a run after it ended, for as long as it is shown. */
  #add(outcome: Outcome, found: Found): void {
    if (this.shown.own?.outcome !== outcome) return;
    this.shown = { ...this.shown, ...found, cells: { ...this.shown.cells, ...found.cells } };
  }

  share(): Promise<boolean> {
    return shareLink("settings", { example: this.config.example, ...this.asked });
  }

  /** Takes what a link brings: settings are set, a program is shown. Nothing runs. @returns whether it was for this example */
  async take({ kind, value }: Shared): Promise<boolean> {
    const { example, knobs, models } = this.config;
    if ((value as { example?: unknown } | null)?.example !== example) return false;
    if (kind === "code") {
      const { text } = value as { readonly text?: unknown };
      if (typeof text !== "string")
        throw new ShareError("This link says it brings a program, but there is none in it.");
      await this.program.open(text);
    } else if (kind === "settings") {
      const { example: _, ...asked } = sharedSettings(value, knobs);
      if (!models.some(({ name }) => name === asked.model))
        throw new ShareError(
          `This link is for the model ${asked.model.slice(0, 60)}, which this example does not run on.`,
        );
      if (asked.model !== modelOf(models).name) chooseModel(asked.model);
      this.ask(asked);
    }
    return true;
  }
}
