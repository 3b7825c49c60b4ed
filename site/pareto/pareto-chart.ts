import type { Measure } from "diffusion-cache";
import { type Chart, colours } from "../charts/chart.js";
import { headOf, inDigits } from "../measures/measure-words.js";
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
  measures: readonly Measure[],
  pick: (point: QualityPoint) => void,
): Omit<Chart, "draw"> => {
  const all = [...points, ...fewer];
  const best = new Set(frontier);
  return {
    title: "Speed against quality",
    description:
      "A dot for each setting: further right is faster, higher is closer to the uncached clip. Press a dot, or a name in the table below, to see its settings.",
    legend: all.some(wasDisturbed) ? [...legend, disturbedKey] : legend,
    columns: ["Setting", "Speed-up", ...measures.map(headOf), "On the frontier"],
    rows: all.map((point) => [
      point.label,
      wasDisturbed(point) ? "disturbed" : point.speedup.toFixed(2),
      ...measures.map((measure) => inDigits(point[measure.name], measure)),
      best.has(point) ? "yes" : "",
    ]),
    pick: (row) => pick(all[row] as QualityPoint),
  };
};
