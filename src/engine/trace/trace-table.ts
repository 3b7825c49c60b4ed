import { accept } from "../expect.js";
import { csv } from "../files/tables.js";
import type { Trace } from "./trace.js";
import { aTrace } from "./trace-from-json.js";

const kinds = ["compute", "reuse", "forecast"] as const;

/**
 * Two runs of as many steps as CSV (RFC 4180), a line per denoising step counted from 1: time of both, and what the
 * cached one kept and decided; the drift of its latents where its `quality` has it.
 */
export const stepsCsv = (uncached: Trace, cached: Trace): string => {
  accept("stepsCsv", { uncached: [uncached, aTrace], cached: [cached, aTrace] });
  return csv(
    cached.stepMs.map((ms, step) => {
      const here = cached.visits.filter((visit) => visit.step === step);
      const [computed = 0, reused = 0, forecast = 0] = kinds.map(
        (one) => here.filter(({ decision }) => decision === one).length,
      );
      return {
        ...{ step: step + 1, timestep: cached.timesteps[step] ?? "" },
        "uncached (ms)": uncached.stepMs[step] ?? "",
        "cached (ms)": ms,
        "of it probes (ms)": cached.stepProbeMs?.[step] ?? "",
        "kept after it (bytes)": cached.stepCacheBytes[step] ?? "",
        ...{ computed, reused, forecast },
        "latent drift L1": cached.quality?.stepDrift?.l1[step] ?? "",
        "latent drift L2": cached.quality?.stepDrift?.l2[step] ?? "",
      };
    }),
  );
};

const inJson = (value: unknown): string => (value === undefined ? "" : JSON.stringify(value));

/** The decisions of a run as CSV (RFC 4180), a line each, steps counted from 1; what was measured and compared as JSON. */
export const visitsCsv = (trace: Trace): string => {
  accept("visitsCsv", { trace: [trace, aTrace] });
  return csv(
    trace.visits.map(({ step, branch, clip, site, method, decision, weights, readings, reasons }) => ({
      ...{ step: step + 1, branch, clip: clip ?? "", site, method, decision },
      ...{ weights: inJson(weights), readings: inJson(readings), reasons: inJson(reasons) },
    })),
  );
};
