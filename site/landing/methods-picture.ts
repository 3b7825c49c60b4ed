import type { QualityReport } from "diffusion-cache";
import { roundValues, scaleOf, type Tick } from "../charts/axis.js";
import { type Box, type Label, placeLabels } from "../charts/place-labels.js";
import { qualityLines } from "../quality/recorded-quality.js";

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A method of the picture. */
export interface PlacedMethod extends Point {
  readonly name: string;
  /** Its page's name. */
  readonly page: string | undefined;
  /** Whether it is closer to the uncached clip than both rivals. */
  readonly better: boolean;
  readonly label: Label;
}

/** What a method competes with: a line over all numbers of evaluations. */
export interface PlacedRival {
  readonly name: string;
  readonly kind: "fewer-steps" | "reused";
  readonly line: readonly Point[];
  readonly label: Point;
}

/** Speed against quality of all methods of a report, in pixels. */
export interface MethodsPicture {
  readonly width: number;
  readonly height: number;
  readonly frame: Box;
  readonly methods: readonly PlacedMethod[];
  readonly rivals: readonly PlacedRival[];
  readonly speeds: readonly Tick[];
  readonly decibels: readonly Tick[];
}

/** A letter takes about so much of its size, in wide fonts. */
const letterShare = { regular: 0.64, bold: 0.71 };
const fontSize = 13;
const widthOf = (text: string, weight: keyof typeof letterShare): number =>
  text.length * letterShare[weight] * fontSize;
const rivalNames = { "fewer-steps": "fewer steps", reused: "whole prediction reused" } as const;
const middle = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] as number) + (sorted[sorted.length >> 1] as number)) / 2;
};

/** Boxes along a line, which names stay clear of. */
const along = (line: readonly Point[]): readonly Box[] =>
  line.slice(1).flatMap((to, at) => {
    const from = line[at] as Point;
    const pieces = Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 6);
    return Array.from({ length: pieces }, (_, piece) => ({
      x: from.x + ((to.x - from.x) * piece) / pieces - 2,
      y: from.y + ((to.y - from.y) * piece) / pieces - 2,
      width: 6,
      height: 4,
    }));
  });

/**
 * Ideal speed-up (steps over evaluations) against median PSNR. Methods whose clips are equal are not in it: they have no
 * finite PSNR.
 */
export const methodsPicture = (report: QualityReport, width: number, height: number): MethodsPicture => {
  const { steps, rows } = report;
  const lines = qualityLines(report).filter(({ psnr }) => Number.isFinite(psnr.median));
  const found = (["fewer-steps", "reused"] as const).map((kind) => ({
    kind,
    points: rows
      .filter((row) => row.kind === kind)
      .map((row) => ({ speed: steps / middle(row.evaluations), psnr: middle(row.psnr) }))
      .toSorted((a, b) => a.speed - b.speed),
  }));
  const all = [
    ...lines.map(({ evaluations, psnr }) => ({ speed: steps / evaluations, psnr: psnr.median })),
    ...found.flatMap(({ points }) => points),
  ];
  const fastest = 0.2 * Math.ceil(5 * Math.max(...all.map(({ speed }) => speed)) + 0.25);
  const [low, high] = [Math.min, Math.max].map((end) => end(...all.map(({ psnr }) => psnr))) as [number, number];
  const [least, most] = [5 * Math.floor((low - 4) / 5), 5 * Math.ceil((high + 3) / 5)];
  const frame: Box = { x: 34, y: 24, width: width - 42, height: height - 64 };
  const atSpeed = scaleOf([1, fastest], [frame.x, frame.x + frame.width]);
  const atPsnr = scaleOf([least, most], [frame.y + frame.height, frame.y]);
  const place = ({ speed, psnr }: { readonly speed: number; readonly psnr: number }): Point => ({
    x: atSpeed(speed),
    y: atPsnr(psnr),
  });
  const rivals = found.map(({ kind, points }): PlacedRival => {
    const line = points.map(place);
    const start = line[0] ?? { x: frame.x, y: frame.y };
    const y = start.y + (kind === "reused" ? -12 : 14);
    return { kind, name: rivalNames[kind], line, label: { x: Math.max(frame.x + 4, start.x - 4), y } };
  });
  const named = rivals.map(({ name, label }) => ({
    ...{ x: label.x, y: label.y - fontSize / 2, width: widthOf(name, "bold"), height: fontSize },
  }));
  const points = lines.map(({ evaluations, psnr, label, gain = 0 }) => ({
    ...place({ speed: steps / evaluations, psnr: psnr.median }),
    width: widthOf(label, gain > 0 ? "bold" : "regular"),
  }));
  const labels = placeLabels(points, fontSize + 2, [...named, ...rivals.flatMap(({ line }) => along(line))], frame);
  return {
    ...{ width, height, frame, rivals },
    methods: lines.map(({ label: name, page, gain = 0 }, at) => {
      const { x, y } = points[at] as Point;
      return { name, page, x, y, better: gain > 0, label: labels[at] as Label };
    }),
    speeds: roundValues(1, fastest, 5).map((speed) => ({ at: atSpeed(speed), text: `${speed}×` })),
    decibels: roundValues(least, most, 9).map((psnr) => ({ at: atPsnr(psnr), text: String(psnr) })),
  };
};
