import type { BenchProgress, BenchReport, Calibration, Engine, Measure } from "diffusion-cache";
import { fromStore } from "svelte/store";
import { machineHere } from "../device/machine-here.js";
import { type PanelRun, Runs } from "../device/runs.svelte.js";
import { measureNamed, measuresOf } from "../measures/measure-words.js";
import { chooseModel, chosenModel, modelNamed, onModel } from "../model/models.js";
import type { OwnMethod } from "../notebook/own-methods.js";
import { benchCommand, type TableModel } from "./bench-command.js";
import { OwnMethods } from "./own-methods-list.svelte.js";
import { columnsWith, type Sorting } from "./trade-off-columns.js";
import { measuredHere, timeLeft } from "./trade-off-exports.js";
import { readTableLink, type TableSettings } from "./trade-off-link.js";
import { differences, type MethodPages, shownRows, type TableView, verdict } from "./trade-off-rows.js";

/** What the page hands to its table of methods. */
export interface TableConfig {
  readonly models: readonly TableModel[];
  readonly pages: MethodPages;
  /** The table that is kept with the site, and where it was measured. */
  readonly recorded: { readonly report: BenchReport; readonly source: string };
  /** What a run loads, in words. */
  readonly loads: string;
  readonly base: string;
}

/** What the form asks beside model and methods. */
export type TableAsked = Omit<TableSettings, "model" | "methods" | "own">;

/** What a run of the table was asked for when it was asked. */
interface Request {
  readonly model: TableModel;
  readonly asked: TableAsked;
  readonly methods: readonly string[];
  readonly own: readonly OwnMethod[];
}

/** The table of methods: recorded first, then measured here in one press, kept when stopped, saved, sent and compared. */
export class TradeOff {
  readonly config: TableConfig;
  readonly own: OwnMethods;
  readonly runs: Runs;
  readonly #chosen = fromStore(chosenModel);
  readonly model: TableModel = $derived.by(() => modelNamed(this.config.models, this.#chosen.current));

  asked = $state.raw() as TableAsked;
  /** Rows of the form that are not chosen. */
  off = $state.raw<ReadonlySet<string>>(new Set());
  sorting = $state.raw<Sorting>({ key: "speedup", order: "descending" });
  /** Least PSNR of the row that is called the fastest, in dB. */
  floor = $state(26);
  /** Name of the measure beside PSNR. */
  beside = $state<Measure["name"]>("ssim");
  report = $state.raw() as BenchReport;
  /** Somebody else's table. */
  other = $state.raw<BenchReport>();
  /** What came of a press that runs nothing. */
  told = $state("");

  readonly measuredHere = $derived.by(() => this.report !== this.config.recorded.report);
  readonly pages: MethodPages = $derived.by(() => ({ ...this.config.pages, ...this.own.pages }));
  readonly rows: readonly string[] = $derived.by(() => [
    ...this.own.listed.map(({ row }) => row),
    ...Object.keys(this.config.pages),
  ]);
  readonly methods = $derived(this.rows.filter((name) => !this.off.has(name)));
  readonly settings: TableSettings = $derived.by(() => ({
    ...{ ...this.asked, model: this.model.name, methods: this.methods },
  }));
  readonly measures = $derived(
    measuresOf(this.report.rows.flatMap(({ runs }) => runs)).filter(({ name }) => name !== "psnr"),
  );
  readonly measure = $derived(measureNamed(this.beside, this.measures));
  readonly columns = $derived(columnsWith(this.measure));
  readonly view: TableView = $derived.by(() => {
    const { report, other, sorting, measure, floor, pages, methods } = this;
    return { report, other, sorting, measure, floor, pages, shows: (name) => methods.includes(name) };
  });
  readonly shown = $derived(shownRows(this.view));
  readonly verdict = $derived(verdict(this.view));
  readonly command = $derived.by(() => benchCommand(this.settings, this.model, Object.keys(this.config.pages)));
  readonly source = $derived.by(() => (this.measuredHere ? measuredHere(this.report) : this.config.recorded.source));
  readonly otherInWords = $derived.by(() => {
    const { other, report } = this;
    if (!other) return "";
    const differing = differences(report, other);
    const warning = differing.length > 0 ? ` Not measured alike: ${differing.join("; ")}.` : "";
    return `Beside it: ${other.backend.description}, ${other.machine}, ${other.date.slice(0, 10)}.${warning}`;
  });

  constructor(config: TableConfig) {
    this.config = config;
    this.runs = new Runs({
      idle: `Not measured here yet. ${config.loads}`,
      failed: "The table was not finished. What was measured is kept.",
      stopped: () => (this.measuredHere ? "Stopped. What was measured is kept." : "Stopped."),
    });
    this.own = new OwnMethods(config.base);
    this.report = config.recorded.report;
    const { prompt, seed, steps, guidance, repeats } = this.report.settings;
    this.asked = { preset: "balanced", prompt, seed, steps, guidance, repeats };
  }

  /** Begins to listen. @returns ends that */
  attach(): () => void {
    const unfollow = onModel(() => this.#otherModel());
    const follow = (): void => void this.#followLink();
    addEventListener("hashchange", follow);
    void this.own.load().then(follow);
    return () => {
      unfollow();
      removeEventListener("hashchange", follow);
      this.runs.end();
    };
  }

  ask(change: Partial<TableAsked>): void {
    this.asked = { ...this.asked, ...change };
  }

  choose(wanted: (name: string) => boolean): void {
    this.off = new Set(this.rows.filter((name) => !wanted(name)));
  }

  /** Another model has another prompt, and settings of its own. */
  #otherModel(): void {
    const { defaults, settings } = this.model;
    const { prompt, steps, guidance } = defaults;
    const preset = Object.hasOwn(settings, this.asked.preset) ? this.asked.preset : "pages";
    this.ask({ prompt, steps, guidance, preset });
  }

  /** Shows what a link carries. Nothing runs before it is asked for. */
  async #followLink(): Promise<void> {
    try {
      const found = await readTableLink(location.hash);
      if (!found) return;
      this.runs.failure = undefined;
      if ("report" in found) {
        this.other = found.report;
        return;
      }
      const { model, methods, own = [], preset, ...asked } = found.settings;
      await this.own.bring(own);
      if (model !== undefined && this.config.models.some(({ name }) => name === model)) chooseModel(model);
      this.ask(asked);
      if (preset !== undefined && Object.hasOwn(this.model.settings, preset)) this.ask({ preset });
      if (methods) this.choose((name) => methods.includes(name));
      this.told = "The settings are those of the link. Press Measure to run them here.";
    } catch (error) {
      this.runs.failure = error;
    }
  }

  /** The methods of readers that are chosen. */
  chosenOwn(): readonly OwnMethod[] {
    return this.own.listed.flatMap(({ method, row }) => (this.off.has(row) ? [] : [method]));
  }

  /** Measures what is asked now: while the engine loads, a link may bring something else. */
  async run(): Promise<void> {
    if (this.runs.busy) return;
    const { model, asked, methods } = this;
    const own = this.chosenOwn();
    await this.runs.run((run) => this.#measure(run, { model, asked, methods, own }));
  }

  async #measure({ engine: open, signal, current, note }: PanelRun, request: Request): Promise<Engine> {
    const { model, asked, methods: names } = request;
    const { preset, ...settings } = asked;
    const engine = await open(model);
    const { bench, takesNumbers } = await import("../device/engine-door.js");
    const { benchMethods } = await import("./trade-off-methods.js");
    const shipped = names.filter((name) => Object.hasOwn(this.config.pages, name));
    const wanted = shipped.some(takesNumbers);
    const calibration = await this.#calibration(engine, wanted, asked.steps, signal);
    const rows = benchMethods(shipped, model.settings[preset] ?? {}, calibration);
    const { ownMethodRuns } = await import("../notebook/own-method-runs.js");
    const where = { base: this.config.base, models: this.config.models, model: model.address };
    const own = ownMethodRuns(engine, request.own, where);
    const onProgress = ({ name, repeat, repeats, row, rows, share, leftMs }: BenchProgress): void => {
      const title = this.pages[name]?.title ?? name;
      const which = repeat === 0 ? "warming up" : `run ${repeat} of ${repeats}`;
      if (current())
        this.runs.say(`Measuring, ${Math.max(1, row)} of ${rows}: ${title}, ${which}, ${timeLeft(leftMs)}`, share);
    };
    const show = (report: BenchReport): void => {
      if (current()) this.report = { ...report, machine: report.machine + note() };
    };
    const onReport = (report: BenchReport): void => {
      if (report.rows.length > 0) show(report);
    };
    const methods = [...own.methods, ...rows.methods];
    const all = { ...rows, ...settings, methods, machine: machineHere(), signal, onProgress, onReport };
    show(await bench(own.engine, all).finally(own.close));
    return engine;
  }

  /** The model's own numbers, or measured ones for another number of steps. */
  async #calibration(
    engine: Engine,
    wanted: boolean,
    steps: number,
    signal: AbortSignal,
  ): Promise<Calibration | undefined> {
    const carried = engine.model.calibration;
    if (!wanted || carried?.calibratedFor.steps === steps || steps < 6) return carried;
    this.runs.say("Calibrating for this number of steps");
    return engine.calibrate({ steps, signal });
  }
}
