import { type FewerSteps, isDisturbed, type Measure, type Measured, type Trial } from "diffusion-cache";

/** A setting in the chart of speed against quality, or an uncached run of fewer steps. */
export interface QualityPoint extends Omit<Measured, "cacheBytes"> {
  readonly kind: "method" | "fewer";
  /** The method's short name, or "fewer". */
  readonly name: string;
  /** The method's page title, or "Fewer steps". */
  readonly title: string;
  /** Title and settings. */
  readonly label: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Undefined for all. */
  readonly steps?: number;
  readonly cacheBytes: number;
  /** The speed-up if what was not computed had cost nothing; undefined where that was not measured. */
  readonly ideal?: number;
}

/** Whether its speed-up says nothing, being more than the ideal one. */
export const wasDisturbed = ({ speedup, ideal }: QualityPoint): boolean =>
  ideal !== undefined && isDisturbed(speedup, ideal);

/** How fast it was, in words. */
export const speedInWords = (point: QualityPoint): string => {
  const { speedup, ideal } = point;
  if (wasDisturbed(point))
    return `a disturbed measurement: ${speedup.toFixed(2)} times, but the ideal is ${ideal?.toFixed(2)}`;
  return `${speedup.toFixed(2)} times as fast${ideal === undefined ? "" : ` (ideal ${ideal.toFixed(2)})`}`;
};

const optionsText = (options: Readonly<Record<string, unknown>>): string =>
  Object.entries(options)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(", ");

/** A point without what follows from its name: a page brings hundreds. */
export type BarePoint = Omit<QualityPoint, "title" | "label">;

type Titles = Readonly<Record<string, { readonly title: string }>>;

export const namedPoint = (point: BarePoint, titles: Titles): QualityPoint => {
  if (point.kind === "fewer") return { ...point, title: "Fewer steps", label: `Fewer steps: ${point.steps}` };
  const title = titles[point.name]?.title ?? point.name;
  const said = optionsText(point.options);
  return { ...point, title, label: said ? `${title}: ${said}` : title };
};

export const trialPoint = (
  { method, options, ...trial }: Pick<Trial, "method" | "options" | keyof Measured>,
  ideal?: number,
): BarePoint => {
  const { reachesFloor: _, finalist: __, ...measured } = trial as Omit<Trial, "method" | "options">;
  return { kind: "method", name: method, options, ...measured, ...(ideal === undefined ? {} : { ideal }) };
};

/** @param all number of steps of the run that it is compared with */
export const fewerPoint = ({ steps, ...measured }: FewerSteps, all?: number): BarePoint => ({
  ...{ kind: "fewer", name: "fewer", options: {}, steps, cacheBytes: 0, ...measured },
  ...(all === undefined ? {} : { ideal: all / steps }),
});

/** How close a point comes by a measure: more is closer. Undefined where it was not measured. */
export const closeness = (point: QualityPoint, { name, better }: Measure): number | undefined => {
  const value = point[name];
  return value === undefined || better === "high" ? value : -value;
};

/** The settings that no other beats in speed and closeness, slowest first; disturbed ones are none of them. */
export const frontierOf = (all: readonly QualityPoint[], measure: Measure): readonly QualityPoint[] => {
  const points = all.flatMap((point) => {
    const close = closeness(point, measure);
    return close === undefined || wasDisturbed(point) ? [] : [{ point, speed: point.speedup, close }];
  });
  return points
    .filter(
      (one) =>
        !points.some(
          (other) =>
            other.speed >= one.speed &&
            other.close >= one.close &&
            (other.speed > one.speed || other.close > one.close),
        ),
    )
    .map(({ point }) => point)
    .toSorted((a, b) => a.speedup - b.speedup);
};

export interface Floor {
  readonly psnr: number;
  readonly ssim: number;
}

/** The fastest setting that keeps both, if it is faster than the uncached run and was not disturbed. */
export const fastestOf = (points: readonly QualityPoint[], { psnr, ssim }: Floor): QualityPoint | undefined =>
  points
    .filter((one) => one.psnr >= psnr && one.ssim >= ssim && one.speedup > 1 && !wasDisturbed(one))
    .toSorted((a, b) => b.speedup - a.speedup)[0];

/** What was found for a floor, in words; fewer steps are named where they are faster still. */
export const foundInWords = (points: readonly QualityPoint[], floor: Floor): string => {
  const found = fastestOf(
    points.filter(({ kind }) => kind === "method"),
    floor,
  );
  const rival = fastestOf(
    points.filter(({ kind }) => kind === "fewer"),
    floor,
  );
  if (!found && !rival) return "Nothing measured here keeps that and is faster than the uncached run.";
  const said = (one: QualityPoint): string => `${one.label}, ${one.speedup.toFixed(2)} times as fast`;
  if (!found) return `No method keeps that; ${said(rival as QualityPoint)}, does.`;
  if (!rival) return `${said(found)}. Fewer steps do not keep that.`;
  return rival.speedup > found.speedup
    ? `${said(found)}. Without any cache: ${said(rival)}, which is faster still.`
    : `${said(found)}. Without any cache at best: ${said(rival)}.`;
};
