import type { Bytes } from "../backends/backend.js";
import { accept, aText } from "../expect.js";
import { type FileChecks, fileChecks } from "../files/file-checks.js";
import { furtherMeasures } from "../metrics/measures.js";
import type { Quality } from "../trace/trace.js";

/** One timed run of a row, with the uncached run of the same seed that was made directly before it. */
export interface BenchRun extends Omit<Quality, "stepDrift"> {
  /** Of the noise, the same for both runs. */
  readonly seed: number;
  /** Wall time, first step to last, without loading and compiling. */
  readonly ms: number;
  /** The same of the uncached run. */
  readonly uncachedMs: number;
  /** Speed-up if what was not computed had cost nothing; the ratio of steps for a row of fewer steps. */
  readonly ideal: number;
  /** Share of the decided evaluations that were reused or forecast, 0 … 1. */
  readonly skipped: number;
  /** Words of the prompt that the clip reads otherwise, by slot; null where clips of this model cannot be read. */
  readonly wrong: readonly string[] | null;
}

/** A line of the table: the uncached run, a cached one, or an uncached one of fewer steps. */
export interface BenchRow {
  /** Uncached rows of fewer steps are what any cache has to beat. */
  readonly kind: "uncached" | "cached" | "fewer-steps";
  /** The method's name, "no cache" or "fewer steps". */
  readonly method: string;
  /** As they were asked for, without the numbers of a calibration. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Denoising steps; those of the report but for fewer steps. */
  readonly steps: number;
  /** For fewer steps: the rows whose time it has. */
  readonly sameTimeAs: readonly string[];
  /** One per repeat; the uncached row has one for every run of another. */
  readonly runs: readonly BenchRun[];
  /** At the peak of a run. */
  readonly bytes: Bytes;
}

/**
 * What `diffusion-cache bench --json` prints and the page's table saves: one file for both.
 * Documented in content/docs/reference/bench-report.mdx.
 */
export interface BenchReport {
  readonly format: "diffusion-cache/bench";
  readonly version: 1;
  /** When it was begun, as ISO 8601. */
  readonly date: string;
  /** Versions of this package and of onnxruntime-web. */
  readonly engine: { readonly version: string; readonly onnxruntime: string };
  /** Its name, its class in diffusers, and its number of weights. */
  readonly model: { readonly name: string; readonly architecture: string; readonly parameters: number };
  /** "wasm" or "webgpu", and the same in words, with threads or adapter. */
  readonly backend: { readonly name: string; readonly description: string };
  /** The processor or graphics card, and the browser or Node, in words. */
  readonly machine: string;
  /** As resolved: the model's defaults filled in. */
  readonly settings: BenchSettings;
  /** False for a table that was stopped: some rows have fewer runs than asked for, or none. */
  readonly complete: boolean;
  /** The uncached row, cached ones in the order asked, then fewer steps from most to least; only rows with runs. */
  readonly rows: readonly BenchRow[];
  /** Methods that have no row, and why. */
  readonly leftOut: Readonly<Record<string, string>>;
}

/** What every run of a table has in common. */
export interface BenchSettings {
  /** Empty for runs from tensors. */
  readonly prompt: string;
  /** Of the first repeat; each later one has the next. */
  readonly seed: number;
  /** Of all rows but those of fewer steps. */
  readonly steps: number;
  /** Classifier-free guidance scale; 1 is none. */
  readonly guidance: number;
  /** Counted runs of each row. */
  readonly repeats: number;
}

const runOf = (run: FileChecks): BenchRun => ({
  seed: run.number("seed", 0),
  ms: run.number("ms", 0.001, 1e12),
  uncachedMs: run.number("uncachedMs", 0.001, 1e12),
  ideal: run.number("ideal", 0, 1e6),
  skipped: run.number("skipped", 0, 1),
  psnr: run.number("psnr", -1e6),
  ssim: run.number("ssim", -1, 1 + 1e-9),
  maxError: run.number("maxError", 0, 1),
  ...(run.has("msSsimScales") ? { msSsimScales: run.number("msSsimScales", 1, 5) } : {}),
  ...Object.fromEntries(
    furtherMeasures.flatMap(({ name, least, most }) =>
      run.has(name) ? [[name, run.number(name, least, most + 1e-9)]] : [],
    ),
  ),
  wrong: run.has("wrong") ? run.texts("wrong") : null,
});

const rowOf = (row: FileChecks): BenchRow => ({
  kind: row.oneOf("kind", ["uncached", "cached", "fewer-steps"]),
  method: row.text("method"),
  options: row.object("options").json(),
  steps: row.whole("steps", 1),
  sameTimeAs: row.texts("sameTimeAs"),
  runs: row.list("runs", 1).map(runOf),
  bytes: bytesOf(row.object("bytes")),
});

const bytesOf = (bytes: FileChecks): Bytes => ({
  weights: bytes.number("weights", 0, 1e15),
  activations: bytes.number("activations", 0, 1e15),
  cache: bytes.number("cache", 0, 1e15),
  workspace: bytes.number("workspace", 0, 1e15),
});

/**
 * Checks a parsed report and keeps only what it knows, so that a file of a stranger can be shown. Parse the text with
 * `readInfinity`, and write it with `writeInfinity`: two equal clips have an infinite PSNR.
 *
 * @param where the file, for messages
 * @throws EngineError "file-invalid", with the field and what it should hold
 */
export const benchReportFromJson = (json: unknown, where: string): BenchReport => {
  accept("benchReportFromJson", { where: [where, aText] });
  const file = fileChecks(
    json,
    where,
    "a bench report",
    "Make one with `diffusion-cache bench --json`, or save the table of the page.",
  );
  file.format("diffusion-cache/bench", 1);
  const [engine, model, backend, settings] = ["engine", "model", "backend", "settings"].map(file.object) as [
    FileChecks,
    FileChecks,
    FileChecks,
    FileChecks,
  ];
  return {
    format: "diffusion-cache/bench",
    version: 1,
    date: file.text("date"),
    engine: { version: engine.text("version"), onnxruntime: engine.text("onnxruntime") },
    model: {
      name: model.text("name"),
      architecture: model.text("architecture"),
      parameters: model.number("parameters", 0),
    },
    backend: { name: backend.text("name"), description: backend.text("description") },
    machine: file.text("machine"),
    settings: {
      prompt: settings.text("prompt"),
      seed: settings.number("seed", 0),
      steps: settings.whole("steps", 1),
      guidance: settings.number("guidance", 0),
      repeats: settings.whole("repeats", 1),
    },
    complete: file.boolean("complete"),
    rows: file.list("rows", 1).map(rowOf),
    leftOut: file.object("leftOut").textMap(),
  };
};
