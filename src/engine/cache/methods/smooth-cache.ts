import { type CacheMethod, type CalibratedFor, compute, reuse, type SiteKind } from "../../method.js";
import { checks, knownOptions } from "../options.js";

/** Per kind of sub-layer, per distance j + 1 of steps, the relative change from each step: `errors[kind][j][step]`. */
export type SmoothCacheErrors = Readonly<Partial<Record<SiteKind, readonly (readonly number[])[]>>>;

const subLayers: readonly SiteKind[] = ["spatial-attention", "temporal-attention", "cross-attention", "feed-forward"];

/** Options of {@link smoothCache}. */
export interface SmoothCacheOptions {
  /** What a calibration run measured. Required. */
  readonly errors: SmoothCacheErrors;
  /** Largest relative error of a reuse. Default: 0.18, the authors' for 50 DDIM steps of DiT. */
  readonly alpha?: number;
  /** The run that the errors were measured on; another one is refused. Default: `null`, any of as many steps. */
  readonly calibratedFor?: CalibratedFor | null;
}

/**
 * SmoothCache (arXiv:2411.10510): one calibration run measures how much each kind of sub-layer changes over one, two and
 * more steps; a mask per kind then reuses an output for as many steps as the error stays within α. All blocks of a kind
 * share their mask, which is known before the run.
 *
 * @throws EngineError "option-unknown", "option-invalid"
 */
export const smoothCache = (options: SmoothCacheOptions): CacheMethod => {
  knownOptions("smoothcache", options, ["errors", "alpha", "calibratedFor"]);
  const { errors, alpha = 0.18, calibratedFor = null } = options;
  const check = checks("smoothcache");
  if (errors !== undefined) check.record("errors", errors);
  const kinds = Object.keys(errors ?? {}).map((kind) => check.oneOf("errors", kind, subLayers));
  if (kinds.length === 0) check.refuse("errors", errors, "the errors of a calibration run: they have no default");
  for (const kind of kinds)
    for (const row of check.list("errors", errors[kind], "a list of rows for each kind of sub-layer"))
      check.numbers("errors", row, "rows of numbers");
  check.number("alpha", alpha, 0);
  check.calibration("calibratedFor", calibratedFor);
  return {
    name: "smoothcache",
    source: "arXiv:2411.10510",
    options: { errors, alpha, calibratedFor },
    ...(calibratedFor ? { calibratedFor } : {}),
    sites: (model) => model.all(...kinds),
    start({ steps }) {
      const masks = new Map(kinds.map((kind) => [kind, smoothMask(errors[kind] ?? [], alpha, steps)]));
      for (const kind of kinds)
        if ((errors[kind]?.[0]?.length ?? 0) !== steps - 1)
          check.refuse("errors", errors[kind]?.[0], `${steps - 1} numbers for ${kind}: one per step but the last`);
      return ({ site, step }) => ((masks.get(site.kind) as string)[step] === "1" ? compute : reuse);
    },
  };
};

/**
 * A digit per step, 1 for computed: from each computed step on, the longest reuse whose error is at most `alpha`, and the
 * last step, as in the authors' scan.
 * @param errors `errors[j][i]`: mean |y_i − y_(i+j+1)| / mean |y_(i+j+1)|
 */
export const smoothMask = (errors: readonly (readonly number[])[], alpha: number, steps: number): string => {
  let mask = "";
  while (mask.length < steps) {
    const step = mask.length;
    const fits = errors.findLastIndex((row) => (row[step] ?? Number.POSITIVE_INFINITY) <= alpha);
    mask += `1${"0".repeat(fits + 1)}`;
  }
  return `${mask.slice(0, steps - 1)}1`; // the last step is computed whatever its error
};
