import type { Engine, Progress } from "diffusion-cache";
import { type PanelRun, panelRuns } from "../device/panel-run.js";
import { statusOf } from "../device/run-status.js";
import { modelOf, onModel, type PageModel } from "../model/models.js";
import { loadJson } from "../page/missing-part.js";
import { nearView } from "../page/near-view.js";
import { draw, inWords, type Kind, type Measured, measure } from "./measurement-kinds.js";

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
  #runs = {} as ReturnType<typeof panelRuns>;
  /** What this page measured, by model. */
  #own = new Map<string, Measured>();
  #seen = false;
  #unfollow: (() => void) | undefined;

  connectedCallback(): void {
    this.#config = JSON.parse(this.dataset.config ?? "{}") as Config;
    this.#unfollow = onModel(() => void this.#show());
    this.#runs = panelRuns(this, { base: this.#config.base, starts: ["measure"], failed: "The measurement failed." });
    this.#part("measure").addEventListener("click", () => void this.#runs.run((run) => this.#measure(run)));
    nearView(this, () => {
      this.#seen = true;
      return this.#show();
    });
  }

  disconnectedCallback(): void {
    this.#unfollow?.();
    this.#runs.end();
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
    const measured = own ?? (await loadJson<Measured>(model.recorded));
    if (model !== this.#model) return;
    this.#part("source").textContent = own
      ? `Measured with ${model.name} on your device, ${own.on}.`
      : `Recorded with ${model.name} on ${measured.on}. Press Measure to make it on your device.`;
    this.#part("sentence").textContent = inWords(this.#config.kind, measured, model);
    await draw(this, this.#config.kind, measured, model);
  }

  async #measure({ engine: open, signal, current, note }: PanelRun): Promise<Engine> {
    const { kind } = this.#config;
    const model = this.#model;
    const engine = await open(model);
    if (current()) this.#runs.say("Measuring");
    const value = await measure(kind, engine, signal, (progress) => {
      const { text, share } = measuring(progress);
      if (current()) this.#runs.say(text, share);
    });
    this.#own.set(model.name, { on: `${engine.device.description}${note()}`, [kind]: value } as unknown as Measured);
    if (current()) await this.#show();
    return engine;
  }
}

customElements.define("dc-measurement", Measurement);
