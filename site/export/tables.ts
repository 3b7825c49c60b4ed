import type { Trace } from "diffusion-cache";
import { type Cell, csv } from "./csv.js";

const decisions = ["compute", "reuse", "forecast"] as const;

/** A line per denoising step of both runs. */
export const stepsCsv = (uncached: Trace, cached: Trace): string =>
  csv(
    ["step", "timestep", "uncached (ms)", "cached (ms)", "kept after it (bytes)", "computed", "reused", "forecast"],
    cached.stepMs.map((ms, step): Cell[] => {
      const here = cached.visits.filter((visit) => visit.step === step);
      return [
        step + 1,
        cached.timesteps[step] ?? null,
        uncached.stepMs[step] ?? null,
        ms,
        cached.stepCacheBytes[step] ?? null,
        ...decisions.map((one) => here.filter(({ decision }) => decision === one).length),
      ];
    }),
  );

const inJson = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));

/** A line per decision, with what was measured and compared as JSON. */
export const visitsCsv = ({ visits }: Trace): string =>
  csv(
    ["step", "branch", "clip", "site", "method", "decision", "weights", "readings", "reasons"],
    visits.map(({ step, branch, clip, site, method, decision, weights, readings, reasons }): Cell[] => [
      step + 1,
      branch,
      clip ?? null,
      site,
      method,
      decision,
      ...[weights, readings, reasons].map(inJson),
    ]),
  );
