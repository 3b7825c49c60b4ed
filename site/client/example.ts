import { type CacheMethod, type Engine, type Progress, sitesOf } from "diffusion-cache";
import { type Asked, readAsked, writeAsked } from "./asked.js";
import { chosen, onChoice } from "./choices.js";
import type { Clips } from "./clips.js";
import { engineBroke, engineFor, forgetEngine } from "./engines.js";
import { type ExampleEditor, exampleEditor } from "./example-editor.js";
import type { Options, RunName, Settings } from "./example-module.js";
import { shareExample } from "./example-share.js";
import { loadExample } from "./examples.js";
import { codeOf, failureHtml, messageOf, noticeHtml } from "./failure.js";
import { drawGrid } from "./grid-html.js";
import type { Knobs } from "./knobs.js";
import { modelOf, onModel, type PageModel } from "./models.js";
import { preferred } from "./preference.js";
import { previewLog } from "./previews.js";
import { showRecorded } from "./recorded.js";
import { showIdeal, showResults, showShown } from "./results.js";
import { runRows } from "./run-rows.js";
import { statusOf } from "./run-status.js";
import { snippetTabs } from "./snippet-tabs.js";
import { statusLine } from "./status-line.js";
import { inTurn, placeInWords } from "./turns.js";

interface Config {
  readonly example: string;
  readonly models: readonly PageModel[];
  readonly options: Options;
  readonly recorded: string;
  readonly base: string;
}

/** A live example: runs the program of examples/ on the page's engine and shows what it does. */
class Example extends HTMLElement {
  #config = {} as Config;
  #running: AbortController | undefined;
  readonly #say = statusLine(this);
  /** Ends the measurement behind the last run, so that the next one does not wait for it. */
  #measuring: AbortController | undefined;
  #snippet: ((methods: readonly CacheMethod[], settings: Settings, model: string) => void) | undefined;
  #unfollow: readonly (() => void)[] = [];
  #editor: ExampleEditor | undefined;

  connectedCallback(): void {
    this.#config = JSON.parse(this.dataset.config ?? "{}") as Config;
    this.#snippet = snippetTabs(this);
    this.#unfollow = [
      onChoice(this.#config.example, () => void this.#drawSnippet()),
      onModel(() => this.#otherModel()),
    ];
    this.#part("form").addEventListener("input", () => void this.#drawSnippet());
    this.#part("form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#run();
    });
    this.#part("stop").addEventListener("click", () => this.#stop());
    this.#part("failure").addEventListener("click", ({ target }) => {
      if ((target as HTMLElement).closest("[data-part=again]")) this.#part<HTMLFormElement>("form").requestSubmit();
    });
    this.#part("reset").addEventListener("click", () => this.#reset());
    this.#editor = exampleEditor(this, {
      ...this.#config,
      model: () => this.#model,
      run: () => this.#running || this.#part<HTMLFormElement>("form").requestSubmit(),
      say: (text) => this.#running && this.#say(text),
    });
    this.#unfollow = [...this.#unfollow, shareExample(this, this.#config, this.#editor, () => this.#settings)];
    void this.#drawSnippet();
    showRecorded(this, this.#config.recorded, () => !this.dataset.own);
  }

  disconnectedCallback(): void {
    for (const unfollow of this.#unfollow) unfollow();
    this.#running?.abort();
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

  /** Answers at once; the engine ends its run at the next graph. */
  #stop(): void {
    this.#running?.abort();
    this.#idle("Stopped.");
  }

  #idle(text: string, share = 0): void {
    this.#running = undefined;
    this.#part<HTMLButtonElement>("run").disabled = false;
    this.#part<HTMLButtonElement>("stop").disabled = true;
    this.#say(text, share);
  }

  async #run(): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    this.dataset.own = "true";
    this.#measuring?.abort();
    this.#part<HTMLButtonElement>("run").disabled = true;
    this.#part<HTMLButtonElement>("stop").disabled = false;
    this.#part("failure").innerHTML = "";
    this.#say("Loading the engine");
    const current = (): boolean => this.#running === running;
    try {
      await inTurn(() => this.#runOn(running, current), {
        signal: running.signal,
        onPlace: (ahead) => current() && this.#say(placeInWords(ahead)),
      });
    } catch (error) {
      if (!current()) return;
      if (codeOf(error) === "stopped") return this.#idle("Stopped.");
      if (engineBroke(error)) forgetEngine();
      if (!this.#editor?.fail(error)) this.#part("failure").innerHTML = failureHtml(error, this.#config.base);
      this.#idle("The run failed.");
    }
  }

  /** A GPU that went away takes its buffers with it: once, the run is made again on whatever device there is now. */
  async #runOn(running: AbortController, current: () => boolean): Promise<void> {
    const attempt = async (): Promise<void> => {
      const engine = await this.#engine(running.signal, current);
      if (current()) await this.#generate(engine, running, current);
    };
    try {
      await attempt();
    } catch (error) {
      if (codeOf(error) !== "device-lost" || !current()) throw error;
      forgetEngine();
      this.#part("failure").innerHTML = noticeHtml(`${messageOf(error)} The run began again on a new device.`);
      await attempt();
    }
  }

  #engine(signal: AbortSignal, current: () => boolean): Promise<Engine> {
    const onProgress = (progress: Progress): void => {
      const { text, share } = statusOf("uncached", progress);
      if (current()) this.#say(text, share);
    };
    return engineFor({ model: this.#model.address, backend: preferred(), signal, onProgress });
  }

  async #generate(engine: Engine, running: AbortController, current: () => boolean): Promise<void> {
    const { settings, clips } = { settings: this.#settings, clips: this.querySelector<Clips>("dc-clips") };
    const edited = this.#editor?.program();
    const { methods, run } = await loadExample(this.#config.example);
    const { calibration, network } = this.#model;
    const rowsOf = (used: readonly CacheMethod[]) => runRows(used, sitesOf(network), settings.steps);
    let grid = rowsOf(edited ? [] : methods(settings.options, calibration));
    drawGrid(this, grid.rows());
    clips?.clear();
    const previews = previewLog();
    const onProgress = (which: RunName, progress: Progress): void => {
      if (!current()) return;
      const { text, share } = statusOf(which, progress);
      this.#say(text, share);
      if (progress.phase !== "step") return;
      if (which === "cached") {
        grid.step(progress.step, progress.decisions);
        drawGrid(this, grid.rows());
      }
      if (!progress.preview) return;
      clips?.put(which, progress.preview, `${which}, after step ${progress.step + 1}`);
      previews.keep(which, progress.step, progress.preview);
    };
    const request = { engine, settings, signal: running.signal, onProgress };
    const outcome = edited
      ? await edited.run(request, (used) => {
          grid = rowsOf(used);
        })
      : await run(request);
    if (!current()) return;
    for (const which of ["uncached", "cached"] as const)
      clips?.put(which, outcome[which].clip, `${which} clip of: ${settings.prompt}`);
    await showResults(this, outcome);
    this.dispatchEvent(new CustomEvent("dc-outcome", { detail: { ...outcome, previews }, bubbles: true }));
    this.#idle(`Done on ${engine.device.description}.`, 1);
    this.#measuring = new AbortController();
    void showShown(this, engine, outcome);
    void showIdeal(this, engine, outcome, this.#measuring.signal);
  }
}

customElements.define("dc-example", Example);
