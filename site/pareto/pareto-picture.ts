import type { Measure } from "diffusion-cache";
import { roundValues, scaleOf, type Tick } from "../charts/axis.js";
import { type Label, placeLabels } from "../charts/place-labels.js";
import { closeness, type QualityPoint, wasDisturbed } from "./quality-points.js";

interface Place {
  readonly x: number;
  readonly y: number;
}

export interface Dot extends Place {
  readonly point: QualityPoint;
  readonly look: "frontier" | "other" | "fewer" | "disturbed";
}

/** Speed against quality of settings, in pixels. */
export interface ParetoPicture {
  readonly width: number;
  readonly height: number;
  /** Left, right, top and bottom of the axes. */
  readonly frame: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
  readonly dots: readonly Dot[];
  readonly fewer: readonly Place[];
  readonly frontier: readonly Place[];
  /** Names of the frontier's settings that find room; the table has them all. */
  readonly names: readonly { readonly text: string; readonly label: Label }[];
  readonly speeds: readonly Tick[];
  readonly values: readonly Tick[];
  /** Where the speed of the uncached run is. */
  readonly uncached: number;
}

const letter = 7;

/** From closeness to pixels, closer further up, with ticks that say the measure's own values. */
const axisOf = (
  close: readonly number[],
  { better, name }: Measure,
  pixels: readonly [number, number],
): { readonly at: (value: number) => number; readonly ticks: readonly Tick[] } => {
  const finite = close.filter(Number.isFinite);
  if (name === "psnr") {
    const [lowest, equal] = [Math.min(20, ...finite) - 1, Math.ceil(Math.max(30, ...finite) + 3)]; // equal clips have no finite one
    const scale = scaleOf([lowest, equal + 1], pixels);
    const at = (value: number): number => scale(Number.isFinite(value) ? value : equal);
    const round = roundValues(lowest, equal - 2, 6).map((value) => ({ at: at(value), text: String(value) }));
    return { at, ticks: [...round, { at: at(equal), text: "equal" }] };
  }
  const highest = better === "high" ? 1 : 0;
  const lowest = Math.min(highest - 1e-6, ...finite);
  const margin = 0.05 * (highest - lowest);
  const at = scaleOf([lowest - margin, highest + margin], pixels);
  const ticks = roundValues(lowest - margin, highest, 6).map((value) => ({
    at: at(value),
    text: String(Math.abs(value)),
  }));
  return { at, ticks };
};

/**
 * @param points settings of methods, `fewer` uncached runs of fewer steps, `frontier` the best of the points; all have the
 * measure
 */
export const paretoPicture = (
  points: readonly QualityPoint[],
  fewer: readonly QualityPoint[],
  frontier: readonly QualityPoint[],
  measure: Measure,
  width: number,
): ParetoPicture => {
  const height = Math.round(Math.min(440, Math.max(320, width * 0.6)));
  const frame = { left: 44, right: width - 12, top: 26, bottom: height - 40 };
  const all = [...points, ...fewer];
  const speeds = all.map(({ speedup }) => speedup);
  const [slowest, fastest] = [Math.min(1, ...speeds), Math.max(1.1, ...speeds)];
  const margin = 0.03 * (fastest - slowest);
  const atSpeed = scaleOf([slowest - margin, fastest + margin], [frame.left, frame.right]);
  const closenessOf = (point: QualityPoint): number => closeness(point, measure) as number;
  const { at, ticks } = axisOf(all.map(closenessOf), measure, [frame.bottom, frame.top]);
  const place = (point: QualityPoint): Place => ({ x: atSpeed(point.speedup), y: at(closenessOf(point)) });
  const best = new Set(frontier);
  const lookOf = (point: QualityPoint): Dot["look"] => {
    if (wasDisturbed(point)) return "disturbed";
    return point.kind === "fewer" ? "fewer" : best.has(point) ? "frontier" : "other";
  };
  const wide = width >= 500;
  const named = wide ? frontier.filter(({ title }, at) => frontier.findIndex((one) => one.title === title) === at) : [];
  const box = { x: frame.left, y: 0, width: frame.right - frame.left, height: frame.bottom };
  const labels = placeLabels(
    named.map((point) => ({ ...place(point), width: letter * point.title.length })),
    16,
    all.map(place).map(({ x, y }) => ({ x: x - 5, y: y - 5, width: 10, height: 10 })),
    box,
  );
  return {
    ...{ width, height, frame },
    dots: all.map((point) => ({ ...place(point), point, look: lookOf(point) })),
    fewer: fewer
      .filter((one) => !wasDisturbed(one))
      .toSorted((a, b) => a.speedup - b.speedup)
      .map(place),
    frontier: frontier.map(place),
    names: named.map(({ title: text }, at) => ({ text, label: labels[at] as Label })),
    speeds: roundValues(slowest, fastest, Math.max(3, Math.floor(width / 90))).map((value) => ({
      at: atSpeed(value),
      text: `${value}×`,
    })),
    values: ticks,
    uncached: atSpeed(1),
  };
};
