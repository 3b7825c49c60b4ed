import { type Calibration, sitesOf } from "diffusion-cache";
import { modelOf, onModel } from "../model/models.js";
import { failureHtml } from "../page/failure.js";
import { loadJson } from "../page/missing-part.js";
import { chosen, onChoice } from "../program/choices.js";
import type { Options } from "../program/example-module.js";
import { loadExample } from "../program/examples.js";
import { keptSentence, keptSites, networkPicture } from "./network-picture.js";

interface Config {
  readonly models: readonly { readonly name: string; readonly address: string; readonly network: object }[];
  readonly methods: readonly { readonly example: string; readonly title: string; readonly options: Options }[];
  readonly base: string;
}

/** A picture of a network in which the sites of the chosen method are lit. Needs the methods, and nothing of the engine. */
class CachedWhere extends HTMLElement {
  #config = {} as Config;
  #unfollow: readonly (() => void)[] = [];
  #calibrations = new Map<string, Promise<Calibration>>();

  connectedCallback(): void {
    this.#config = JSON.parse(this.dataset.config ?? "{}") as Config;
    const draw = (): void => void this.#draw();
    this.#select.addEventListener("change", draw);
    this.#unfollow = [onModel(draw), ...this.#config.methods.map(({ example }) => onChoice(example, draw))];
    draw(); // a browser may have kept what was chosen before the page was loaded again
  }

  disconnectedCallback(): void {
    for (const unfollow of this.#unfollow) unfollow();
  }

  get #select(): HTMLSelectElement {
    return this.querySelector("[data-part=method]") as HTMLSelectElement;
  }

  #calibration(address: string): Promise<Calibration> {
    const found = this.#calibrations.get(address) ?? loadJson<Calibration>(`${address}/calibration.json`);
    this.#calibrations.set(address, found);
    return found;
  }

  async #draw(): Promise<void> {
    const { models, methods, base } = this.#config;
    const method = methods.find(({ example }) => example === this.#select.value) ?? methods[0];
    const model = modelOf(models);
    if (!method) return;
    for (const knobs of this.querySelectorAll<HTMLElement>("[data-knobs-of]"))
      knobs.hidden = knobs.dataset.knobsOf !== method.example;
    const [picture, sentence] = ["picture", "sentence"].map((part) => this.querySelector(`[data-part=${part}]`));
    if (!picture || !sentence) return;
    try {
      const example = await loadExample(method.example);
      const calibration = example.methods.length > 1 ? await this.#calibration(model.address) : undefined;
      const options = { ...method.options, ...chosen(method.example)?.options };
      const map = sitesOf(model.network);
      const kept = keptSites(example.methods(options, calibration as Calibration), map);
      if (this.#select.value !== method.example || modelOf(models) !== model) return;
      picture.innerHTML = networkPicture(map, kept);
      sentence.textContent = keptSentence(method.title, model.name, map, kept);
      const link = this.querySelector<HTMLAnchorElement>("[data-part=page]");
      if (link) {
        link.href = `${base.replace(/\/$/, "")}/methods/${method.example}/`;
        link.textContent = `${method.title} explained`;
      }
    } catch (error) {
      sentence.innerHTML = failureHtml(error, base);
    }
  }
}

customElements.define("dc-cached-where", CachedWhere);
