import type { Trace } from "diffusion-cache";
import type { Clips } from "../clips/clips.js";
import type { PreviewLog } from "../clips/previews.js";
import { loadJson } from "../page/missing-part.js";
import type { Outcome } from "../program/example-module.js";

/** A closed part of an example that, once opened, walks through its last run, or through the recorded one. */
class StepThrough extends HTMLElement {
  #own: (Outcome & { readonly previews?: PreviewLog }) | undefined;

  connectedCallback(): void {
    this.#details.addEventListener("toggle", () => void this.#show());
    this.closest("dc-example")?.addEventListener("dc-outcome", (event) => {
      this.#own = (event as CustomEvent).detail;
      void this.#show();
    });
  }

  get #details(): HTMLDetailsElement {
    return this.querySelector("details") as HTMLDetailsElement;
  }

  async #show(): Promise<void> {
    const place = this.querySelector<HTMLElement>("[data-part=walk]");
    if (!place || !this.#details.open) return;
    const own = this.#own;
    const [{ walk }, { uncached, cached }] = await Promise.all([
      import("./walk.js"),
      own ? { uncached: own.uncached.trace, cached: own.cached.trace } : this.#recorded(),
    ]);
    if (own !== this.#own) return;
    walk(
      place,
      { uncached, cached, previews: own?.previews },
      this.closest("dc-example")?.querySelector<Clips>("dc-clips") ?? null,
    );
  }

  async #recorded(): Promise<{ readonly uncached: Trace; readonly cached: Trace }> {
    return loadJson(`${this.dataset.recorded}/run.json`);
  }
}

customElements.define("dc-step-through", StepThrough);
