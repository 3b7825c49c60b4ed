import type { Curve } from "../../bench/report.js";
import { nearView } from "../page/near-view.js";

/** `<dc-growth-curve data-curve="…">`: draws what it is given once it comes near the view, since the plotting library is large. */
class GrowthCurve extends HTMLElement {
  connectedCallback(): void {
    nearView(this, () => this.#draw());
  }

  async #draw(): Promise<void> {
    const curve = JSON.parse(this.dataset.curve ?? "{}") as Curve;
    const [{ growthChart, growthKey }, { chartFigure }] = await Promise.all([
      import("./growth-chart.js"),
      import("../charts/figure.js"),
    ]);
    this.replaceChildren(chartFigure(growthChart(curve), growthKey));
  }
}

customElements.define("dc-growth-curve", GrowthCurve);
