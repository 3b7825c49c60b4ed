import { failureHtml } from "../page/failure.js";

/**
 * The landing page's pair of clips. A recorded run stands there; Run makes it again on the reader's device. All that a
 * run needs is loaded with the first press.
 */
class Hero extends HTMLElement {
  #running: AbortController | undefined;

  connectedCallback(): void {
    this.#part("run").addEventListener("click", () => void this.#run());
    this.#part("stop").addEventListener("click", () => {
      this.#running?.abort();
      this.#idle("Stopped.");
    });
    this.#part<HTMLButtonElement>("run").disabled = false;
  }

  disconnectedCallback(): void {
    this.#running?.abort();
  }

  #part<T extends HTMLElement = HTMLElement>(name: string): T {
    return this.querySelector(`[data-part=${name}]`) as T;
  }

  #idle(text: string): void {
    this.#running = undefined;
    this.#part<HTMLButtonElement>("run").disabled = false;
    this.#part<HTMLButtonElement>("stop").disabled = true;
    this.#part("phase").textContent = text;
    this.#part("step").textContent = "";
  }

  async #run(): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    this.#part<HTMLButtonElement>("run").disabled = true;
    this.#part<HTMLButtonElement>("stop").disabled = false;
    this.#part("failure").innerHTML = "";
    this.#part("phase").textContent = "Loading the engine";
    const current = (): boolean => this.#running === running;
    try {
      const { runHero } = await import("./hero-run.js");
      const done = await runHero(this, running.signal, current);
      if (current()) this.#idle(done);
    } catch (error) {
      if (!current()) return;
      if ((error as { code?: string }).code === "stopped") return this.#idle("Stopped.");
      this.#part("failure").innerHTML = failureHtml(error, this.dataset.base ?? "/");
      this.#idle("The run failed.");
    }
  }
}

customElements.define("dc-hero", Hero);
