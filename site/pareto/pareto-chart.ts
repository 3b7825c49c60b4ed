import { type Chart, colours } from "../charts/chart.js";
import { type QualityPoint, wasDisturbed } from "./quality-points.js";

const legend = [
  { text: "frontier", colour: colours.cached },
  { text: "other settings", colour: colours.reuse },
  { text: "fewer steps", colour: colours.forecast },
];
const disturbedKey = { text: "disturbed measurement", colour: colours.uncached };

/** What is said beside the picture of speed against quality, and its numbers. `pick` is told of a chosen point. */
export const paretoChart = (
  points: readonly QualityPoint[],
  fewer: readonly QualityPoint[],
  frontier: readonly QualityPoint[],
  pick: (point: QualityPoint) => void,
): Omit<Chart, "draw"> => {
  const all = [...points, ...fewer];
  const best = new Set(frontier);
  return {
    title: "Speed against quality",
    description:
      "A dot for each setting: further right is faster, higher is closer to the uncached clip. Press a dot, or a name in the table below, to see its settings.",
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
