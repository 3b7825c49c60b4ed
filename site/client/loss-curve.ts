import type { LossPoint } from "../config/training.js";

/** `<dc-loss-curve data-points="…">`: draws what it is given, once the plotting library is there. */
class LossCurve extends HTMLElement {
  async connectedCallback(): Promise<void> {
    const points = JSON.parse(this.dataset.points ?? "[]") as readonly LossPoint[];
    const [{ lossChart }, { chartFigure }] = await Promise.all([
      import("../charts/loss.js"),
      import("../charts/figure.js"),
    ]);
    this.replaceChildren(chartFigure(lossChart(points)));
  }
}

customElements.define("dc-loss-curve", LossCurve);
