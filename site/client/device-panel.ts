import type { Preference } from "diffusion-cache";
import { onDevice, prefer, preferred, reported } from "./preference.js";
import { webGpuHere } from "./webgpu-here.js";

/** Which backend the page runs on and why, and a choice to force another one for the next run. */
class DevicePanel extends HTMLElement {
  #stop: (() => void) | undefined;

  connectedCallback(): void {
    const choice = this.#part<HTMLSelectElement>("choice");
    choice.value = preferred();
    choice.addEventListener("change", () => prefer(choice.value as Preference));
    this.#stop = onDevice(() => this.#draw());
    void this.#look();
  }

  disconnectedCallback(): void {
    this.#stop?.();
  }

  #part<T extends HTMLElement = HTMLElement>(name: string): T {
    return this.querySelector(`[data-part=${name}]`) as T;
  }

  async #look(): Promise<void> {
    const { works, text, advice } = await webGpuHere();
    if (reported()) return this.#draw();
    this.dataset.webgpu = works ? "there" : "missing";
    this.#part("now").textContent = text;
    this.#part("advice").textContent = advice;
  }

  #draw(): void {
    this.#part<HTMLSelectElement>("choice").value = preferred();
    const report = reported();
    if (!report) return void this.#look();
    this.#part("now").textContent = `Running on ${report.description}.`;
    this.#part("ladder").replaceChildren(
      ...report.ladder.map(({ rung, taken, reason }) => {
        const line = document.createElement("li");
        line.dataset.taken = String(taken);
        line.textContent = `${rung}: ${taken ? "taken" : "not taken"}. ${reason}`;
        return line;
      }),
    );
  }
}

customElements.define("dc-device", DevicePanel);
