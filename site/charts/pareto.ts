import * as Plot from "@observablehq/plot";
import type { QualityPoint } from "../client/quality-points.js";
import { type Chart, colours, looks } from "./chart.js";

/** Drawn for what is infinite: two equal clips. */
const place = (points: readonly QualityPoint[]): number =>
  Math.ceil(Math.max(30, ...points.map(({ psnr }) => psnr).filter(Number.isFinite)) + 3);

/** Speed against quality of settings, with the frontier and the curve of fewer steps. `pick` is told of a chosen point. */
export const paretoChart = (
  points: readonly QualityPoint[],
  fewer: readonly QualityPoint[],
  frontier: readonly QualityPoint[],
  pick: (point: QualityPoint) => void,
): Chart => {
  const all = [...points, ...fewer];
  const top = place(all);
  const at = (point: QualityPoint) => ({ ...point, height: Number.isFinite(point.psnr) ? point.psnr : top });
  const best = new Set(frontier);
  const fill = (point: QualityPoint): string =>
    point.kind === "fewer" ? colours.forecast : best.has(point) ? colours.cached : "var(--dc-reuse)";
  return {
    title: "Speed against quality",
    description:
      "A dot for each setting: further right is faster, higher is closer to the uncached clip. The line joins the settings that no other one beats in both; the dashed line joins uncached runs of fewer steps. Press a dot, or a name in the table below, to see its settings.",
    draw(width) {
      const dots = all.map(at);
      const picture = Plot.plot({
        ...looks,
        height: Math.round(Math.min(460, Math.max(300, width * 0.5))),
        width,
        ariaLabel: "Speed against quality",
        ariaDescription: "Scatter of speed-up and PSNR for each setting, with the frontier and fewer steps as lines.",
        x: { label: "speed-up →", grid: true, ticks: Math.max(3, Math.floor(width / 110)) },
        y: {
          label: "↑ PSNR of the worst clip (dB)",
          grid: true,
          domain: [Math.min(20, ...dots.map(({ height }) => height)) - 1, top + 1],
          tickFormat: (value: number) => (value >= top ? "equal" : String(value)),
        },
        marks: [
          Plot.ruleX([1], { stroke: "var(--sl-color-gray-3)" }),
          Plot.line(fewer.map(at), {
            ...{ x: "speedup", y: "height", sort: "speedup" },
            ...{ stroke: colours.forecast, strokeWidth: 2, strokeDasharray: "5 3" },
          }),
          Plot.line(frontier.map(at), { x: "speedup", y: "height", stroke: colours.cached, strokeWidth: 2 }),
          Plot.dot(dots, {
            ...{ ariaLabel: "settings", x: "speedup", y: "height", r: width < 500 ? 5 : 6, fill },
            stroke: "var(--dc-panel)",
            title: ({ label, speedup, psnr }: QualityPoint) =>
              `${label}: ${speedup.toFixed(2)} times, ${Number.isFinite(psnr) ? `${psnr.toFixed(1)} dB` : "equal clip"}`,
          }),
          ...(width < 500
            ? []
            : [
                Plot.text(
                  frontier.map(at).filter(({ title }, index, rest) => rest[index - 1]?.title !== title),
                  {
                    x: "speedup",
                    y: "height",
                    text: "title",
                    dx: 8,
                    dy: -8,
                    textAnchor: "start",
                    fill: "currentColor",
                  },
                ),
              ]),
        ],
      });
      for (const [index, dot] of picture.querySelectorAll("g[aria-label=settings] circle").entries()) {
        (dot as SVGElement).style.cursor = "pointer";
        dot.addEventListener("click", () => pick(all[index] as QualityPoint));
      }
      return picture;
    },
    columns: ["Setting", "Speed-up", "PSNR (dB)", "SSIM", "On the frontier"],
    rows: all.map((point) => [
      point.label,
      point.speedup.toFixed(2),
      Number.isFinite(point.psnr) ? point.psnr.toFixed(1) : "equal",
      point.ssim.toFixed(3),
      best.has(point) ? "yes" : "",
    ]),
    pick: (row) => pick(all[row] as QualityPoint),
  };
};
