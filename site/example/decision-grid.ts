import { dryRun, schedulerFromConfig, sitesOf } from "diffusion-cache";
import { drawGrid } from "../grid/grid-html.js";
import { gridRows, restOf } from "../grid/grid-rows.js";
import { tracedRows } from "../grid/run-rows.js";
import { modelOf, onModel, type PageModel } from "../model/models.js";
import { codeOf, failureHtml } from "../page/failure.js";
import { type Choice, chosen, onChoice } from "../program/choices.js";
import type { Outcome } from "../program/example-module.js";
import { loadExample } from "../program/examples.js";

const unmeasured = (had: number, steps: number): string =>
  `<p>Its numbers were measured for ${had} steps: nothing can be planned for ${steps}. The run below measures anew.</p>`;

/**
 * Which sites an example computes in which step. A method that decides by step alone is planned again at every move of a
 * slider, without model or runtime. For one that decides by what it measures, the grid of the recorded run stands until
 * the reader's own run replaces it.
 */
class DecisionGrid extends HTMLElement {
  #stop: readonly (() => void)[] = [];
  readonly #ran = (event: Event): void => void this.#drawRun(event as CustomEvent<Outcome>);

  connectedCallback(): void {
    const example = this.dataset.example ?? "";
    if ("recorded" in this.dataset) document.addEventListener("dc-outcome", this.#ran);
    else {
      const planNow = (): void => {
        const now = chosen(example);
        if (now) void this.#plan(now);
      };
      this.#stop = [onChoice(example, (choice) => void this.#plan(choice)), onModel(planNow)];
      planNow();
    }
  }

  disconnectedCallback(): void {
    for (const stop of this.#stop) stop();
    document.removeEventListener("dc-outcome", this.#ran);
  }

  get #models(): readonly PageModel[] {
    return JSON.parse(this.dataset.models ?? "[]");
  }

  async #plan({ options, steps }: Choice): Promise<void> {
    const example = await loadExample(this.dataset.example ?? "");
    try {
      const { scheduler, network, calibration } = modelOf(this.#models);
      const { timesteps } = schedulerFromConfig(scheduler, steps);
      const methods = example.methods(options, calibration);
      const measured = methods.find(({ calibratedFor }) => calibratedFor && calibratedFor.steps !== steps);
      if (measured) return this.#say(unmeasured(measured.calibratedFor?.steps ?? 0, steps));
      const sites = sitesOf(network);
      drawGrid(this, gridRows(dryRun({ methods, timesteps, sites }), restOf(methods, sites)));
    } catch (error) {
      if (codeOf(error) === "needs-readings") return;
      this.#say(failureHtml(error, this.dataset.base ?? "/"));
    }
  }

  #say(html: string): void {
    const place = this.querySelector("[data-part=grid]");
    if (place) place.innerHTML = html;
  }

  async #drawRun({ target, detail: { cached } }: CustomEvent<Outcome>): Promise<void> {
    if ((target as HTMLElement).id !== `run-${this.dataset.example}`) return;
    const { methods } = await loadExample(this.dataset.example ?? "");
    const { trace } = cached;
    const ran = this.#models.find(({ name }) => name === trace.model.name) ?? modelOf(this.#models);
    const { network, calibration } = ran;
    drawGrid(this, tracedRows(methods(trace.methods[0]?.options ?? {}, calibration), sitesOf(network), trace));
    const from = this.querySelector("[data-part=from]");
    if (from)
      from.textContent = `Your own run of ${trace.model.name}, on ${trace.backend.description}, ${trace.steps} steps.`;
  }
}

customElements.define("dc-decision-grid", DecisionGrid);
