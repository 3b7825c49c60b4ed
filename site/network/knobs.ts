import { choose, chosen, onChoice } from "../program/choices.js";
import type { Knob, KnobValue, Options } from "../program/example-module.js";

type Control = HTMLInputElement | HTMLSelectElement;

/**
 * The controls of an example, as Knobs.astro renders them. Every instance on a page for the same example says the same:
 * moving a slider under the grid moves the one beside the Run button.
 */
class Knobs extends HTMLElement {
  #stop: (() => void) | undefined;
  #defaults: { knobs: readonly Knob[]; steps: number } = { knobs: [], steps: 20 };

  get #example(): string {
    return this.dataset.example ?? "";
  }

  connectedCallback(): void {
    this.#defaults = JSON.parse(this.dataset.defaults ?? "{}") as { knobs: Knob[]; steps: number };
    this.#stop = onChoice(this.#example, ({ options, steps }) => this.#show(options, steps));
    this.addEventListener("input", (event) => this.#changed(event.target as Control));
    const now = chosen(this.#example);
    if (now) this.#show(now.options, now.steps);
    else this.reset();
  }

  disconnectedCallback(): void {
    this.#stop?.();
  }

  reset(): void {
    const { knobs, steps } = this.#defaults;
    choose(this.#example, { options: Object.fromEntries(knobs.map((knob) => [knob.name, knob.default])), steps });
  }

  #control(name: string): Control | null {
    return this.querySelector<Control>(`[data-knob="${name}"]`);
  }

  #changed(moved: Control): void {
    const name = moved.dataset.knob;
    if (!name) return;
    this.#keepApart(name);
    const options = Object.fromEntries(this.#defaults.knobs.map((knob) => [knob.name, this.#value(knob)]));
    choose(this.#example, { options, steps: Number(this.#control("steps")?.value ?? this.#defaults.steps) });
  }

  /** The two ends of a window stay one step apart: the one that moved stops there. */
  #keepApart(moved: string): void {
    const [name, end] = moved.split(":");
    const low = this.#control(`${name}:low`);
    const high = this.#control(`${name}:high`);
    if (!end || !low || !high || Number(low.value) < Number(high.value)) return;
    const step = Number((low as HTMLInputElement).step);
    if (end === "low") low.value = String(Number(high.value) - step);
    else high.value = String(Number(low.value) + step);
  }

  #value(knob: Knob): KnobValue {
    const end = (name: string): number => Number(this.#control(`${knob.name}:${name}`)?.value);
    if (knob.type === "window") return [end("low"), end("high")];
    const control = this.#control(knob.name);
    if (knob.type === "toggle") return (control as HTMLInputElement).checked;
    return knob.type === "range" ? Number(control?.value) : (control?.value ?? knob.default);
  }

  #show(options: Options, steps: number): void {
    this.#put("steps", steps);
    for (const [name, value] of Object.entries(options)) {
      if (typeof value !== "object") this.#put(name, value);
      else {
        this.#put(`${name}:low`, value[0]);
        this.#put(`${name}:high`, value[1]);
      }
    }
  }

  #put(name: string, value: KnobValue): void {
    const control = this.#control(name);
    if (!control) return;
    if (typeof value === "boolean") (control as HTMLInputElement).checked = value;
    else if (control.value !== String(value)) control.value = String(value);
    const output = this.querySelector(`[data-output="${name}"]`);
    if (output) output.textContent = String(value);
  }
}

customElements.define("dc-knobs", Knobs);

export type { Knobs };
