import type { Progress } from "diffusion-cache";
import { engineBroke, engineFor, forgetEngine } from "./engines.js";
import { codeOf, failureHtml } from "./failure.js";
import { draw, inWords, type Kind, type Measured, measure } from "./measurement-kinds.js";
import { modelOf, onModel, type PageModel } from "./models.js";
import { preferred } from "./preference.js";
import { nearView } from "./recorded.js";
import { statusOf } from "./run-status.js";
import { statusLine } from "./status-line.js";
import { inTurn, placeInWords } from "./turns.js";

interface Config {
  readonly kind: Kind;
  readonly models: readonly (PageModel & { readonly recorded: string })[];
  readonly base: string;
}

const measuring = (progress: Progress): ReturnType<typeof statusOf> => {
  if (progress.phase !== "step") return statusOf("uncached", progress);
  const { step, steps } = progress;
  return { text: `Measuring: step ${step + 1} of ${steps}`, share: (step + 1) / steps };
};

/** A panel that measures the page's model on the reader's device. A recorded measurement stands there before. */
class Measurement extends HTMLElement {
  #config = {} as Config;
  #running: AbortController | undefined;
  readonly #say = statusLine(this);
  /** What this page measured, by model. */
  #own = new Map<string, Measured>();
  #seen = false;
  #unfollow: (() => void) | undefined;

  connectedCallback(): void {
    this.#config = JSON.parse(this.dataset.config ?? "{}") as Config;
    this.#unfollow = onModel(() => void this.#show());
    this.#part("measure").addEventListener("click", () => void this.#measure());
    this.#part("stop").addEventListener("click", () => {
      this.#running?.abort();
      this.#idle("Stopped.");
    });
    nearView(this, () => {
      this.#seen = true;
      void this.#show();
    });
  }

  disconnectedCallback(): void {
    this.#unfollow?.();
    this.#running?.abort();
  }

  #part<T extends HTMLElement = HTMLElement>(name: string): T {
    return this.querySelector(`[data-part=${name}]`) as T;
  }

  get #model() {
    return modelOf(this.#config.models);
  }

  /** What is known of the chosen model: measured here, or recorded. */
  async #show(): Promise<void> {
    if (!this.#seen) return;
    const model = this.#model;
    for (const part of this.querySelectorAll<HTMLElement>("[data-of-model]"))
      part.hidden = part.dataset.ofModel !== model.name;
    const own = this.#own.get(model.name);
    const measured = own ?? ((await (await fetch(model.recorded)).json()) as Measured);
    if (model !== this.#model) return;
    this.#part("source").textContent = own
      ? `Measured with ${model.name} on your device, ${own.on}.`
      : `Recorded with ${model.name} on ${measured.on}. Press Measure to make it on your device.`;
    this.#part("sentence").textContent = inWords(this.#config.kind, measured, model);
    await draw(this, this.#config.kind, measured, model);
  }

  #idle(text: string, share = 0): void {
    this.#running = undefined;
    this.#part<HTMLButtonElement>("measure").disabled = false;
    this.#part<HTMLButtonElement>("stop").disabled = true;
    this.#say(text, share);
  }

  async #measure(): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    const current = (): boolean => this.#running === running;
    const { kind, base } = this.#config;
    const model = this.#model;
    const onProgress = (progress: Progress): void => {
      if (!current()) return;
      const { text, share } = measuring(progress);
      this.#say(text, share);
    };
    this.#part<HTMLButtonElement>("measure").disabled = true;
    this.#part<HTMLButtonElement>("stop").disabled = false;
    this.#part("failure").innerHTML = "";
    this.#say("Loading the engine");
    try {
      const { signal } = running;
      const onPlace = (ahead: number): void => {
        if (current()) this.#say(placeInWords(ahead));
      };
      const work = async (): Promise<string> => {
        const engine = await engineFor({ model: model.address, backend: preferred(), signal, onProgress });
        if (current()) this.#say("Measuring");
        const value = await measure(kind, engine, signal, onProgress);
        const on = engine.device.description;
        this.#own.set(model.name, { on, [kind]: value } as unknown as Measured);
        return on;
      };
      const on = await inTurn(work, { signal, onPlace });
      if (!current()) return;
      await this.#show();
      this.#idle(`Done on ${on}.`, 1);
    } catch (error) {
      if (!current()) return;
      if (codeOf(error) === "stopped") return this.#idle("Stopped.");
      if (engineBroke(error)) forgetEngine();
      this.#part("failure").innerHTML = failureHtml(error, base);
      this.#idle("The measurement failed.");
    }
  }
}

customElements.define("dc-measurement", Measurement);
