import type { FewerSteps, Measured, Trial } from "diffusion-cache";

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
}

const optionsText = (options: Readonly<Record<string, unknown>>): string =>
  Object.entries(options)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(", ");

export const trialPoint = (
  { method, options, speedup, psnr, ssim, cacheBytes }: Pick<Trial, "method" | "options" | keyof Measured>,
  titles: Readonly<Record<string, { readonly title: string }>>,
): QualityPoint => {
  const title = titles[method]?.title ?? method;
  const said = optionsText(options);
  return {
    ...{ kind: "method", name: method, title, options, speedup, psnr, ssim, cacheBytes },
    label: said ? `${title}: ${said}` : title,
  };
};

export const fewerPoint = ({ steps, ...measured }: FewerSteps): QualityPoint => ({
  ...{ kind: "fewer", name: "fewer", title: "Fewer steps", options: {}, steps, cacheBytes: 0, ...measured },
  label: `Fewer steps: ${steps}`,
});

/** The settings that no other beats in speed and PSNR, slowest first. */
export const frontierOf = (points: readonly QualityPoint[]): readonly QualityPoint[] =>
  points
    .filter(
      (one) =>
        !points.some(
          (other) =>
            other.speedup >= one.speedup &&
            other.psnr >= one.psnr &&
            (other.speedup > one.speedup || other.psnr > one.psnr),
        ),
    )
    .toSorted((a, b) => a.speedup - b.speedup);

export interface Floor {
  readonly psnr: number;
  readonly ssim: number;
}

/** The fastest setting that keeps both, if it is faster than the uncached run. */
export const fastestOf = (points: readonly QualityPoint[], { psnr, ssim }: Floor): QualityPoint | undefined =>
  points
    .filter((one) => one.psnr >= psnr && one.ssim >= ssim && one.speedup > 1)
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
