import type { Preference } from "diffusion-cache";
import { onDevice, prefer, preferred, reported } from "./preference.js";
import { webGpuHere } from "./webgpu-here.js";

const names: Readonly<Record<string, string>> = { webgpu: "WebGPU", wasm: "WebAssembly" };

/** Which backend the page's engine runs on and why, and a choice to force another one for the next run. All say the same. */
class DeviceChoice extends HTMLElement {
  #stop: (() => void) | undefined;

  connectedCallback(): void {
    const choice = this.#part<HTMLSelectElement>("choice");
    choice.addEventListener("change", () => prefer(choice.value as Preference));
    this.#stop = onDevice(() => void this.#draw());
    void this.#draw();
  }

  disconnectedCallback(): void {
    this.#stop?.();
  }

  #part<T extends HTMLElement = HTMLElement>(name: string): T {
    return this.querySelector(`[data-part=${name}]`) as T;
  }

  async #draw(): Promise<void> {
    this.#part<HTMLSelectElement>("choice").value = preferred();
    const { automatic, text, advice } = await webGpuHere();
    const report = reported();
    this.#automatic(report && preferred() === "auto" ? report.backend : automatic);
    if (!report) {
      this.#part("now").textContent = text;
      this.#part("advice").textContent = advice;
      return;
    }
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

  /** Says in the choice what it comes to here. */
  #automatic(backend: string | undefined): void {
    const [first] = this.#part<HTMLSelectElement>("choice").options;
    if (first) first.text = backend ? `Automatic: ${names[backend] ?? backend}` : "Automatic: nothing works here";
  }
}

customElements.define("dc-device", DeviceChoice);
