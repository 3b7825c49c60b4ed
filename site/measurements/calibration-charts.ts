import { nearView } from "../page/near-view.js";
import type { Calibrations } from "./calibration-chart.js";

/** `<dc-calibration data-calibrations="…">`: draws once it comes into view, since the plotting library is large. */
class CalibrationCharts extends HTMLElement {
  connectedCallback(): void {
    nearView(this, () => this.draw());
  }

  private async draw(): Promise<void> {
    const all = JSON.parse(this.dataset.calibrations ?? "{}") as Calibrations;
    const [charts, { chartFigure }] = await Promise.all([
      import("./calibration-chart.js"),
      import("../charts/figure.js"),
    ]);
    const [[model, calibration] = []] = Object.entries(all);
    if (!model || !calibration) return;
    const models = charts.lineKey(charts.modelLines(all));
    this.replaceChildren(
      chartFigure(charts.ratioChart(all), models),
      chartFigure(charts.polynomialChart(all), models),
      chartFigure(charts.errorChart(calibration, model), charts.lineKey(charts.kindLines(calibration))),
    );
  }
}

customElements.define("dc-calibration", CalibrationCharts);
