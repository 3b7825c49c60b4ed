import { type CacheMethod, type Engine, type Progress, sitesOf } from "diffusion-cache";
import type { Clips } from "../clips/clips.js";
import { previewLog } from "../clips/previews.js";
import { forgetEngine } from "../device/engines.js";
import { type PanelRun, panelRuns } from "../device/panel-run.js";
import { statusOf } from "../device/run-status.js";
import { drawGrid } from "../grid/grid-html.js";
import { runRows } from "../grid/run-rows.js";
import { modelOf, onModel, type PageModel } from "../model/models.js";
import { codeOf, messageOf, noticeHtml } from "../page/failure.js";
import { type Asked, readAsked, writeAsked } from "../program/asked.js";
import { chosen, onChoice } from "../program/choices.js";
import type { Options, RunName, Settings } from "../program/example-module.js";
import { loadExample } from "../program/examples.js";
import { snippetTabs } from "../snippets/snippet-tabs.js";
import { type ExampleEditor, exampleEditor } from "./example-editor.js";
import { shareExample } from "./example-share.js";
import type { Knobs } from "./knobs.js";
import { showRecorded } from "./recorded.js";
import { showIdeal, showResults, showShown } from "./results.js";

interface Config {
  readonly example: string;
  readonly models: readonly PageModel[];
  readonly options: Options;
  readonly recorded: string;
  readonly base: string;
}

/** What a run was asked for when it was asked. */
interface Run {
  readonly settings: Settings;
  readonly model: PageModel;
  readonly edited: ReturnType<ExampleEditor["program"]>;
}

/** A live example: runs the program of examples/ on the page's engine and shows what it does. */
class Example extends HTMLElement {
  #config = {} as Config;
  #runs = {} as ReturnType<typeof panelRuns>;
  /** Ends the measurement behind the last run, so that the next one does not wait for it. */
  #measuring: AbortController | undefined;
  #snippet: ((methods: readonly CacheMethod[], settings: Settings, model: string) => void) | undefined;
  #unfollow: readonly (() => void)[] = [];
  #editor: ExampleEditor | undefined;

  connectedCallback(): void {
    this.#config = JSON.parse(this.dataset.config ?? "{}") as Config;
    this.#snippet = snippetTabs(this);
    this.#runs = panelRuns(this, {
      ...{ base: this.#config.base, starts: ["run"], failed: "The run failed." },
      fail: (error) => this.#editor?.fail(error) ?? false,
    });
    this.#unfollow = [
      onChoice(this.#config.example, () => void this.#drawSnippet()),
      onModel(() => this.#otherModel()),
    ];
    this.#part("form").addEventListener("input", () => void this.#drawSnippet());
    this.#part("form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#run();
    });
    this.#part("failure").addEventListener("click", ({ target }) => {
      if ((target as HTMLElement).closest("[data-part=again]")) this.#part<HTMLFormElement>("form").requestSubmit();
    });
    this.#part("reset").addEventListener("click", () => this.#reset());
    this.#editor = exampleEditor(this, {
      ...this.#config,
      model: () => this.#model,
      run: () => this.#runs.running() || this.#part<HTMLFormElement>("form").requestSubmit(),
      say: (text) => this.#runs.running() && this.#runs.say(text),
    });
    this.#unfollow = [...this.#unfollow, shareExample(this, this.#config, this.#editor, () => this.#settings)];
    void this.#drawSnippet();
    showRecorded(this, this.#config.recorded, () => !this.dataset.own);
  }

  disconnectedCallback(): void {
    for (const unfollow of this.#unfollow) unfollow();
    this.#runs.end();
    this.#measuring?.abort();
    this.#editor?.close();
  }

  #part<T extends HTMLElement = HTMLElement>(name: string): T {
    return this.querySelector(`[data-part=${name}]`) as T;
  }

  get #model(): PageModel {
    return modelOf(this.#config.models);
  }

  get #settings(): Settings {
    const { example, options } = this.#config;
    const choice = chosen(example) ?? { options, steps: this.#model.defaults.steps };
    return { ...readAsked(this.#part("form")), ...choice };
  }

  async #drawSnippet(): Promise<void> {
    const { methods } = await loadExample(this.#config.example);
    const settings = this.#settings; // as they are once the example is there
    const { name, calibration } = this.#model;
    this.#snippet?.(methods(settings.options, calibration), settings, name);
  }

  /** Another model has another language: its words, and a prompt that it knows. */
  #otherModel(): void {
    const { name, defaults } = this.#model;
    for (const part of this.querySelectorAll<HTMLElement>("[data-of-model]"))
      part.hidden = part.dataset.ofModel !== name;
    const form = this.#part("form");
    writeAsked(form, { ...readAsked(form), prompt: defaults.prompt, guidance: defaults.guidance });
    void this.#drawSnippet();
  }

  #reset(): void {
    const { prompt, guidance } = this.#model.defaults;
    writeAsked(this.#part("form"), { prompt, guidance, seed: 0 } satisfies Asked);
    this.querySelector<Knobs>("dc-knobs")?.reset();
    this.#part("failure").innerHTML = "";
    void this.#drawSnippet();
  }

  #run(): Promise<void> {
    this.dataset.own = "true";
    this.#measuring?.abort();
    // As they are now: while the engine loads, a link may bring others.
    const asked = { settings: this.#settings, model: this.#model, edited: this.#editor?.program() };
    return this.#runs.run((run) => this.#runOn(run, asked));
  }

  /** A GPU that went away takes its buffers with it: once, the run is made again on whatever device there is now. */
  async #runOn(run: PanelRun, asked: Run): Promise<Engine> {
    const attempt = async (): Promise<Engine> => {
      const engine = await run.engine(asked.model);
      if (run.current()) await this.#generate(engine, run, asked);
      return engine;
    };
    try {
      return await attempt();
    } catch (error) {
      if (codeOf(error) !== "device-lost" || !run.current()) throw error;
      forgetEngine();
      this.#part("failure").innerHTML = noticeHtml(`${messageOf(error)} The run began again on a new device.`);
      return attempt();
    }
  }

  async #generate(engine: Engine, { signal, current, note }: PanelRun, asked: Run): Promise<void> {
    const { settings, model, edited } = asked;
    const clips = this.querySelector<Clips>("dc-clips");
    const { methods, run } = await loadExample(this.#config.example);
    const { calibration, network } = model;
    const rowsOf = (used: readonly CacheMethod[]) => runRows(used, sitesOf(network), settings.steps);
    let grid = rowsOf(edited ? [] : methods(settings.options, calibration));
    drawGrid(this, grid.rows());
    clips?.clear();
    this.#part("source").textContent =
      "Clips and decisions of your own run, as far as it has come. The numbers and charts below are of the run before.";
    const previews = previewLog();
    const onProgress = (which: RunName, progress: Progress): void => {
      if (!current()) return;
      const { text, share } = statusOf(which, progress);
      this.#runs.say(text, share);
      if (progress.phase !== "step") return;
      if (which === "cached") {
        grid.step(progress.step, progress.decisions);
        drawGrid(this, grid.rows());
      }
      if (!progress.preview) return;
      clips?.put(which, progress.preview, `${which}, after step ${progress.step + 1}`);
      previews.keep(which, progress.step, progress.preview);
    };
    const request = { engine, settings, signal, onProgress };
    const outcome = edited
      ? await edited.run(request, (used) => {
          grid = rowsOf(used);
        })
      : await run(request);
    if (!current()) return;
    for (const which of ["uncached", "cached"] as const)
      clips?.put(which, outcome[which].clip, `${which} clip of: ${settings.prompt}`);
    await showResults(this, outcome, note());
    this.dispatchEvent(new CustomEvent("dc-outcome", { detail: { ...outcome, previews }, bubbles: true }));
    this.#measuring = new AbortController();
    void showShown(this, engine, outcome);
    void showIdeal(this, engine, outcome, this.#measuring.signal);
  }
}

customElements.define("dc-example", Example);
