import type { BenchProgress, BenchReport, Calibration, Engine } from "diffusion-cache";
import { machineHere } from "../device/machine-here.js";
import { type PanelRun, panelRuns } from "../device/panel-run.js";
import { chooseModel, modelOf, onModel } from "../model/models.js";
import type { OwnMethod } from "../notebook/own-methods.js";
import { toClipboard } from "../page/clipboard.js";
import { escapeHtml, failureHtml } from "../page/failure.js";
import { saveFile } from "../page/save.js";
import { readReport } from "./read-report.js";
import { nextSorting, type Sorting } from "./trade-off-columns.js";
import { measuredHere, type TableExport, tableExports, timeLeft } from "./trade-off-exports.js";
import { benchCommand, type TableModel, tableForm } from "./trade-off-form.js";
import { differences, type MethodPages, shownFigures, type TableView, tableHtml, verdict } from "./trade-off-html.js";
import { readTableLink, shareTable, type TableSettings } from "./trade-off-link.js";
import { benchMethods, calibrated } from "./trade-off-methods.js";
import { ownList } from "./trade-off-own.js";

interface Config {
  readonly models: readonly TableModel[];
  readonly pages: MethodPages;
  readonly recorded: BenchReport;
  readonly base: string;
}

/** What a run of the table was asked for when it was asked. */
interface Asked {
  readonly model: TableModel;
  readonly form: TableSettings;
  readonly own: readonly OwnMethod[];
}

/** The table of methods: recorded first, then measured here in one press, kept when stopped, saved, sent and compared. */
class TradeOffs extends HTMLElement {
  #config = {} as Config;
  #form = {} as ReturnType<typeof tableForm>;
  #own = {} as ReturnType<typeof ownList>;
  #shown = {} as BenchReport;
  #other: BenchReport | undefined;
  #sorting: Sorting = { key: "speedup", order: "descending" };
  #runs = {} as ReturnType<typeof panelRuns>;
  #unfollow: (() => void) | undefined;

  connectedCallback(): void {
    this.#config = JSON.parse(this.dataset.config ?? "{}", (_, value) =>
      value === Number.MAX_VALUE ? Number.POSITIVE_INFINITY : value,
    ) as Config;
    this.#form = tableForm(this);
    this.#runs = panelRuns(this, {
      ...{ base: this.#config.base, starts: ["run"] },
      failed: "The table was not finished. What was measured is kept.",
      stopped: () => (this.dataset.own ? "Stopped. What was measured is kept." : "Stopped."),
    });
    this.#shown = this.#config.recorded;
    this.#own = ownList(this, this.#config.base, () => this.#draw());
    this.#unfollow = onModel(() => this.#otherModel());
    this.#part("form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#start();
    });
    this.#part("form").addEventListener("input", () => this.#draw());
    this.addEventListener("click", (event) => this.#pressed(event.target as HTMLElement));
    this.#part("floor").addEventListener("change", () => this.#draw());
    this.#part("file").addEventListener("change", () => void this.#load());
    void this.#own.draw().then(this.#followLink);
    addEventListener("hashchange", this.#followLink);
  }

  disconnectedCallback(): void {
    this.#unfollow?.();
    removeEventListener("hashchange", this.#followLink);
    this.#runs.end();
  }

  #part<T extends HTMLElement = HTMLElement>(name: string): T {
    return this.querySelector(`[data-part=${name}]`) as T;
  }

  get #model(): TableModel {
    return modelOf(this.#config.models);
  }

  get #pages(): MethodPages {
    return { ...this.#config.pages, ...this.#own.pages() };
  }

  get #view(): TableView {
    return {
      ...{ report: this.#shown, other: this.#other, sorting: this.#sorting, pages: this.#pages },
      methods: new Set(this.#form.chosen()),
      floor: Number(this.#part<HTMLSelectElement>("floor").value),
    };
  }

  #pressed(target: HTMLElement): void {
    const { sort, choose, save, copy, link, part } = target.closest("button")?.dataset ?? {};
    if (sort) {
      this.#sorting = nextSorting(sort, this.#sorting);
      this.#draw();
      this.querySelector<HTMLElement>(`[data-sort=${sort}]`)?.focus();
    }
    if (choose) {
      this.#form.choose(() => choose === "all");
      this.#draw();
    }
    if (save || copy) {
      const { file, type, text } = tableExports[(save ?? copy) as TableExport];
      const written = text(this.#shown, shownFigures(this.#view));
      if (save) saveFile(file, type, written);
      else void this.#copy(written, `Copied as ${copy}.`);
    }
    if (link) void this.#copyLink(link);
    if (part === "forget") this.#compare(undefined);
  }

  async #copy(text: string, done: string): Promise<void> {
    const copied = await toClipboard(text);
    this.#tell(copied ? done : "The browser did not let the page write to the clipboard: save the file instead.");
  }

  async #copyLink(what: string): Promise<void> {
    const settings = { ...this.#form.read(this.#model.name), own: this.#own.chosen(this.#form.chosen()) };
    const copied = await shareTable(what === "report" ? { report: this.#shown } : { settings });
    this.#tell(copied ? "Copied a link; it is in the address bar too." : "The link is in the address bar.");
  }

  #tell(text: string): void {
    this.#part("told").textContent = text;
  }

  #fail(error: unknown): void {
    this.#part("failure").innerHTML = error ? failureHtml(error, this.#config.base) : "";
  }

  /** Shows what a link carries. Nothing runs before it is asked for. */
  readonly #followLink = async (): Promise<void> => {
    try {
      const found = await readTableLink(location.hash);
      if (!found) return;
      this.#fail(undefined);
      if ("report" in found) return this.#compare(found.report);
      const { model, own = [] } = found.settings;
      await this.#own.bring(own);
      if (model !== undefined && this.#config.models.some(({ name }) => name === model)) chooseModel(model);
      this.#form.write(found.settings);
      this.#draw();
      this.#tell("The settings are those of the link. Press Measure to run them here.");
    } catch (error) {
      this.#fail(error);
    }
  };

  async #load(): Promise<void> {
    const input = this.#part<HTMLInputElement>("file");
    const [file] = input.files ?? [];
    if (!file) return;
    try {
      this.#fail(undefined);
      this.#compare(await readReport(file));
    } catch (error) {
      this.#fail(error);
    }
    input.value = "";
  }

  #compare(other: BenchReport | undefined): void {
    this.#other = other;
    const differing = other ? differences(this.#shown, other) : [];
    const warning = differing.length > 0 ? ` Not measured alike: ${differing.join("; ")}.` : "";
    this.#part("compared").hidden = !other;
    this.#part("other").textContent = other
      ? `Beside it: ${other.backend.description}, ${other.machine}, ${other.date.slice(0, 10)}.${warning}`
      : "";
    this.#draw();
  }

  #otherModel(): void {
    this.#form.follow(this.#model);
    this.#draw();
  }

  #draw(): void {
    const view = this.#view;
    this.#part("table").innerHTML = tableHtml(view);
    this.#part("verdict").textContent = verdict(view);
    const settings = this.#form.read(this.#model.name);
    this.#part("command").textContent = benchCommand(settings, this.#model, Object.keys(this.#config.pages));
    const left = Object.entries(this.#shown.leftOut);
    this.#part("left-out").innerHTML = left
      .map(
        ([name, why]) =>
          `<li><strong>${escapeHtml(this.#pages[name]?.title ?? name)}</strong> has no row. ${escapeHtml(why)}</li>`,
      )
      .join("");
  }

  #show(report: BenchReport): void {
    this.#shown = report;
    this.#part("source").textContent = measuredHere(report);
    this.dataset.own = "true";
    this.#compare(this.#other);
  }

  /** With what is asked now: while the engine loads, a link may bring something else. */
  #start(): Promise<void> {
    const model = this.#model;
    const form = this.#form.read(model.name);
    const own = this.#own.chosen(form.methods);
    return this.#runs.run((run) => this.#measure(run, { model, form, own }));
  }

  async #measure(
    { engine: open, signal, current, note }: PanelRun,
    { model, form, own: chosen }: Asked,
  ): Promise<Engine> {
    const { methods: names, preset, model: _, ...asked } = form;
    const settings = model.settings[preset] ?? {};
    const engine = await open(model);
    const { bench } = await import("../device/engine-door.js");
    const shipped = names.filter((name) => Object.hasOwn(this.#config.pages, name));
    const rows = benchMethods(shipped, settings, await this.#calibration(engine, shipped, asked.steps, signal));
    const { ownMethodRuns } = await import("../notebook/own-method-runs.js");
    const where = { base: this.#config.base, models: this.#config.models, model: model.address };
    const own = ownMethodRuns(engine, chosen, where);
    const onProgress = ({ name, repeat, repeats, row, rows, share, leftMs }: BenchProgress): void => {
      const title = this.#pages[name]?.title ?? name;
      const which = repeat === 0 ? "warming up" : `run ${repeat} of ${repeats}`;
      if (current())
        this.#runs.say(`Measuring, ${Math.max(1, row)} of ${rows}: ${title}, ${which}, ${timeLeft(leftMs)}`, share);
    };
    const noted = (report: BenchReport): BenchReport => ({ ...report, machine: report.machine + note() });
    const onReport = (report: BenchReport): void => {
      if (current() && report.rows.length > 0) this.#show(noted(report));
    };
    const methods = [...own.methods, ...rows.methods];
    const request = { ...rows, ...asked, methods, machine: machineHere(), signal, onProgress, onReport };
    const report = await bench(own.engine, request).finally(own.close);
    if (current()) this.#show(noted(report));
    return engine;
  }

  /** The model's own numbers, or measured ones for another number of steps. */
  async #calibration(
    engine: Engine,
    names: readonly string[],
    steps: number,
    signal: AbortSignal,
  ): Promise<Calibration | undefined> {
    const carried = engine.model.calibration;
    const wanted = names.some((name) => calibrated.includes(name));
    if (!wanted || carried?.calibratedFor.steps === steps || steps < 6) return carried;
    this.#runs.say("Calibrating for this number of steps");
    return engine.calibrate({ steps, signal });
  }
}

customElements.define("dc-trade-offs", TradeOffs);
