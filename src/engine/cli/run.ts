import type { Progress } from "../engine.js";
import { compareRuns } from "../measure/compare-runs.js";
import { inDigits, measures } from "../metrics/measures.js";
import { writeInfinity } from "../metrics/quality.js";
import { differenceSummary } from "../trace/difference-summary.js";
import type { Quality, Trace } from "../trace/trace.js";
import { methodsOf, printNotes, textOf, type Verb } from "./arguments.js";
import { commonFlags, methodFlags, presetFlag } from "./flags.js";
import { modelFlags, openEngine, requestFlags, requestOf } from "./model.js";
import { resultEndings, writeResult } from "./output.js";
import { print } from "./print.js";
import { progressLine } from "./progress.js";
import { checkOutput, endingOf, writeWhole } from "./write-file.js";

/** Every measure that there is: "PSNR 31.2 dB, SSIM 0.981, …". */
const likeness = (quality: Quality): string =>
  measures
    .flatMap((measure) => {
      const value = quality[measure.name];
      const scales = measure.name === "msSsim" ? ` (${quality.msSsimScales} scales)` : "";
      return value === undefined
        ? []
        : [`${measure.title}${scales} ${inDigits(value, measure)}${measure.unit && ` ${measure.unit}`}`];
    })
    .join(", ");

/** Percentiles of what was compared with a threshold, a line per method. */
const differences = (trace: Trace): string =>
  differenceSummary(trace)
    .map(({ method, count, ...row }) => {
      const numbers = Object.entries(row).map(([name, value]) => `${name} ${value.toPrecision(3)}`);
      return `\n${method} compared ${count} differences: ${numbers.join(", ")}`;
    })
    .join("");

/** What a person reads after a run. */
const summary = ({ trace, quality }: { trace: Trace; quality: Trace["quality"] }): string => {
  const { totals, visits, steps, backend } = trace;
  const reused = visits.filter(({ decision }) => decision !== "compute").length;
  const share = visits.length ? `, ${reused} of ${visits.length} visits without computing` : "";
  const probeMs = (trace.stepProbeMs ?? []).reduce((sum, ms) => sum + ms, 0);
  const probed = probeMs ? `, ${probeMs.toFixed(1)} ms of it reading probes` : "";
  const kept = totals.bytes.peak.cache ? `, ${(totals.bytes.peak.cache / 2 ** 20).toFixed(2)} MiB of cache` : "";
  const like = quality ? `\nagainst uncached: ${likeness(quality)}` : "";
  const decoded = totals.decodeMs === undefined ? "" : `, decoded in ${(totals.decodeMs / 1000).toFixed(2)} s`;
  return `${steps} steps in ${(totals.wallMs / 1000).toFixed(2)} s on ${backend.description}${decoded}${probed}${share}${kept}${differences(trace)}${like}`;
};

export const run: Verb = {
  summary: "denoise with a checkpoint, cached or not",
  flags: {
    ...modelFlags,
    ...methodFlags,
    ...presetFlag,
    ...requestFlags,
    seed: { value: "N", help: "seed of the noise, as torch's CPU generator takes it (default: 0)" },
    clips: { value: "N", help: "clips at once, seeds counted up (default: 1)" },
    out: { value: "FILE", help: ".png strip, .gif, or .safetensors with sample and predictions" },
    trace: { value: "FILE.json", help: "write the trace of the run" },
    quality: { help: "also run uncached, and compare" },
    ...commonFlags,
  },
  async run(values) {
    const [out, traceFile] = [textOf(values, "out"), textOf(values, "trace")];
    if (out !== undefined) await checkOutput(out, resultEndings);
    if (traceFile !== undefined) await checkOutput(traceFile, [".json"]);
    const asked = await requestOf(values, "seed", "clips");
    const cache = await methodsOf(values);
    const show = progressLine(values.json !== true);
    const engine = await openEngine(values, show.progress);
    try {
      const request = {
        ...asked,
        stepLatents: values.quality === true,
        predictions: out !== undefined && endingOf(out) === ".safetensors",
        onProgress: (progress: Progress) => show.progress(progress),
      };
      const result = await engine.generate({ ...request, cache });
      if (out !== undefined) await writeResult(out, result); // before anything else can fail
      const quality = values.quality === true ? compareRuns(await engine.generate(request), result) : undefined;
      const trace: Trace = quality ? { ...result.trace, quality } : result.trace;
      show.end();
      printNotes(cache);
      const json = JSON.stringify(trace, writeInfinity);
      if (traceFile !== undefined) await writeWhole(traceFile, `${json}\n`);
      print(values.json === true ? json : summary({ trace, quality }));
    } finally {
      show.end();
      await engine.dispose();
    }
  },
};
