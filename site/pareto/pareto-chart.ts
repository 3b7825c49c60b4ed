import * as Plot from "@observablehq/plot";
import { type Chart, colours, looks } from "../charts/chart.js";
import { type QualityPoint, speedInWords, wasDisturbed } from "./quality-points.js";

/** Drawn for what is infinite: two equal clips. */
const place = (points: readonly QualityPoint[]): number =>
  Math.ceil(Math.max(30, ...points.map(({ psnr }) => psnr).filter(Number.isFinite)) + 3);

interface Dot extends QualityPoint {
  /** PSNR, or where equal clips are drawn. */
  readonly height: number;
  readonly colour: string;
}

const legend = [
  { text: "frontier", colour: colours.cached },
  { text: "other settings", colour: colours.reuse },
  { text: "fewer steps", colour: colours.forecast },
];
const disturbedKey = { text: "disturbed measurement", colour: colours.uncached };

/** Speed against quality of settings, with the frontier and the curve of fewer steps. `pick` is told of a chosen point. */
export const paretoChart = (
  points: readonly QualityPoint[],
  fewer: readonly QualityPoint[],
  frontier: readonly QualityPoint[],
  pick: (point: QualityPoint) => void,
): Chart => {
  const all = [...points, ...fewer];
  const top = place(all);
  const best = new Set(frontier);
  const colourOf = (point: QualityPoint): string => {
    if (wasDisturbed(point)) return colours.uncached;
    return point.kind === "fewer" ? colours.forecast : best.has(point) ? colours.cached : colours.reuse;
  };
  const at = (point: QualityPoint): Dot => ({
    ...point,
    height: Number.isFinite(point.psnr) ? point.psnr : top,
    colour: colourOf(point),
  });
  const fastest = Math.max(1, ...all.map(({ speedup }) => speedup));
  return {
    title: "Speed against quality",
    description:
      "A dot for each setting: further right is faster, higher is closer to the uncached clip. Press a dot, or a name in the table below, to see its settings.",
    draw(width) {
      const dots = all.map(at);
      const height = Math.round(Math.min(440, Math.max(320, width * 0.6)));
      const lowest = Math.min(20, ...dots.map((dot) => dot.height)) - 1;
      const near = (one: Dot, other: Dot): boolean =>
        (Math.abs(one.speedup - other.speedup) / fastest) * width < 110 &&
        (Math.abs(one.height - other.height) / (top - lowest)) * height < 18;
      /** Names that would lie on one another are left out; the table has them all. */
      const labels: Dot[] = [];
      for (const dot of frontier.map(at)) if (!labels.some((other) => near(dot, other))) labels.push(dot);
      const text = (last: boolean) =>
        Plot.text(
          labels.filter(({ speedup }) => speedup > 0.85 * fastest === last),
          {
            ...{ x: "speedup", y: "height", text: "title", dy: -10, fill: "var(--sl-color-white)" },
            ...(last ? { dx: -4, textAnchor: "end" } : { dx: 6, textAnchor: "start" }),
          },
        );
      const picture = Plot.plot({
        ...looks,
        height,
        width,
        ariaLabel: "Speed against quality",
        ariaDescription: "Scatter of speed-up and PSNR for each setting, with the frontier and fewer steps as lines.",
        x: { label: "speed-up →", grid: true, ticks: Math.max(3, Math.floor(width / 110)) },
        y: {
          label: "↑ PSNR of the worst clip (dB)",
          grid: true,
          domain: [lowest, top + 1],
          tickFormat: (value: number) => (value >= top ? "equal" : String(value)),
        },
        marks: [
          Plot.ruleX([1], { stroke: "var(--sl-color-gray-3)" }),
          Plot.line(fewer.filter((one) => !wasDisturbed(one)).map(at), {
            ...{ x: "speedup", y: "height", sort: "speedup" },
            ...{ stroke: colours.forecast, strokeWidth: 2, strokeDasharray: "5 3" },
          }),
          Plot.line(frontier.map(at), { x: "speedup", y: "height", stroke: colours.cached, strokeWidth: 2 }),
          Plot.dot(dots, {
            ...{ ariaLabel: "settings", x: "speedup", y: "height", r: width < 500 ? 5 : 6, fill: "colour" },
            ...{ stroke: (dot: Dot) => (dot.colour === colours.reuse ? colours.cached : dot.colour), strokeWidth: 1 },
            title: (point: QualityPoint) =>
              `${point.label}: ${speedInWords(point)}, ${Number.isFinite(point.psnr) ? `${point.psnr.toFixed(1)} dB` : "equal clip"}`,
          }),
          ...(width < 500 ? [] : [text(false), text(true)]),
        ],
      });
      for (const [index, dot] of picture.querySelectorAll("g[aria-label=settings] circle").entries()) {
        (dot as SVGElement).style.cursor = "pointer";
        dot.addEventListener("click", () => pick(all[index] as QualityPoint));
      }
      return picture;
    },
    legend: all.some(wasDisturbed) ? [...legend, disturbedKey] : legend,
    columns: ["Setting", "Speed-up", "PSNR (dB)", "SSIM", "On the frontier"],
    rows: all.map((point) => [
      point.label,
      wasDisturbed(point) ? "disturbed" : point.speedup.toFixed(2),
      Number.isFinite(point.psnr) ? point.psnr.toFixed(1) : "equal",
      point.ssim.toFixed(3),
      best.has(point) ? "yes" : "",
    ]),
    pick: (row) => pick(all[row] as QualityPoint),
  };
};
