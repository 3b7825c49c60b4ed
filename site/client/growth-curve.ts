import type { Curve } from "../../bench/report.js";

/** `<dc-growth-curve data-curve="…">`: draws what it is given, once the plotting library is there. */
class GrowthCurve extends HTMLElement {
  async connectedCallback(): Promise<void> {
    const curve = JSON.parse(this.dataset.curve ?? "{}") as Curve;
    const [{ growthChart, growthKey }, { chartFigure }] = await Promise.all([
      import("../charts/growth.js"),
      import("../charts/figure.js"),
    ]);
    this.replaceChildren(chartFigure(growthChart(curve), growthKey));
  }
}

customElements.define("dc-growth-curve", GrowthCurve);
