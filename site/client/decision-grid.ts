import { dryRun, latteSites, schedulerFromConfig } from "diffusion-cache";
import { type Choice, chosen, onChoice } from "./choices.js";
import { loadExample } from "./examples.js";
import { failureHtml } from "./failure.js";
import { gridHtml } from "./grid-html.js";
import { gridRows } from "./grid-rows.js";

/** Which sites an example computes in which step, planned again at every move of a slider. No model, no runtime. */
class DecisionGrid extends HTMLElement {
  #stop: (() => void) | undefined;

  connectedCallback(): void {
    const example = this.dataset.example ?? "";
    this.#stop = onChoice(example, (choice) => void this.#draw(choice));
    const now = chosen(example);
    if (now) void this.#draw(now);
  }

  disconnectedCallback(): void {
    this.#stop?.();
  }

  async #draw({ options, steps }: Choice): Promise<void> {
    const { methods } = await loadExample(this.dataset.example ?? "");
    const place = this.querySelector<HTMLElement>("[data-part=grid]");
    if (!place) return;
    try {
      const { scheduler, layers } = JSON.parse(this.dataset.model ?? "{}") as { scheduler: object; layers: number };
      const { timesteps } = schedulerFromConfig(scheduler, steps);
      place.innerHTML = gridHtml(gridRows(dryRun({ methods: methods(options), timesteps, sites: latteSites(layers) })));
    } catch (error) {
      place.innerHTML = failureHtml(error, this.dataset.base ?? "/");
    }
  }
}

customElements.define("dc-decision-grid", DecisionGrid);
