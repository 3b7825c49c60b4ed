import { nearView } from "../page/near-view.js";
import type { LossPoint } from "./training.js";

/** `<dc-loss-curve data-points="…">`: draws what it is given once it comes near the view, since the plotting library is large. */
class LossCurve extends HTMLElement {
  connectedCallback(): void {
    nearView(this, () => this.#draw());
  }

  async #draw(): Promise<void> {
    const points = JSON.parse(this.dataset.points ?? "[]") as readonly LossPoint[];
    const [{ lossChart }, { chartFigure }] = await Promise.all([
      import("./loss-chart.js"),
      import("../charts/figure.js"),
    ]);
    this.replaceChildren(chartFigure(lossChart(points)));
  }
}

customElements.define("dc-loss-curve", LossCurve);
