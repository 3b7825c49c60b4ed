import { EngineError, shown } from "../errors.js";
import {
  aNumber,
  anAmount,
  anObject,
  aText,
  type Check,
  fields,
  is,
  listOf,
  mapOf,
  oneOf,
  optional,
  orNull,
  wholeFrom,
} from "../expect.js";
import type { Trace } from "./trace.js";

const invalid = (why: string): EngineError =>
  new EngineError("file-invalid", `This is not a trace that can be read: ${why}.`, {
    hint: "A trace is what `diffusion-cache run --trace FILE.json` writes, and what an example exports.",
  });

const bytes = fields({ weights: anAmount, activations: anAmount, cache: anAmount, workspace: anAmount });
const reading = fields({ change: anAmount, magnitude: anAmount, present: anAmount, rms: optional(anAmount) });
const weights: Check = (value, path) =>
  Array.isArray(value) ? listOf(aNumber)(value, path) : fields({ low: aNumber, high: aNumber })(value, path);
const reason: Check = (value, path) => (value === true ? undefined : aNumber(value, path));

const perStep = (item: Check, steps: number): Check => {
  const all = listOf(item);
  return (value, path) =>
    Array.isArray(value) && value.length !== steps
      ? `${path} has ${value.length} entries; expected one for each of the ${steps} steps`
      : all(value, path);
};

const visit = (steps: number): Check =>
  fields({
    step: wholeFrom(0, steps - 1),
    branch: oneOf("cond", "uncond"),
    "clip?": wholeFrom(0),
    site: aText,
    method: aText,
    decision: oneOf("compute", "reuse", "forecast"),
    "weights?": weights,
    "readings?": listOf(orNull(reading)),
    "reasons?": mapOf(reason),
  });

const ofSteps = (steps: number): Check =>
  fields({
    engine: fields({ version: aText, onnxruntime: aText }),
    model: fields({ name: aText, architecture: aText, parameters: wholeFrom(0) }),
    backend: fields({ name: aText, description: aText }),
    scheduler: aText,
    methods: listOf(fields({ name: aText, options: anObject })),
    prompt: orNull(aText),
    seed: orNull(aNumber),
    guidance: aNumber,
    clips: wholeFrom(0),
    timesteps: perStep(aNumber, steps),
    sites: listOf(
      fields({
        site: aText,
        kind: aText,
        computed: is(
          `${steps} digits, 0 or 1`,
          (value) => typeof value === "string" && value.length === steps && /^[01]*$/.test(value),
        ),
      }),
    ),
    visits: listOf(visit(steps)),
    stepMs: perStep(anAmount, steps),
    "stepProbeMs?": perStep(anAmount, steps),
    stepCacheBytes: perStep(anAmount, steps),
    totals: fields({
      wallMs: anAmount,
      compileMs: anAmount,
      "decodeMs?": anAmount,
      bytes: fields({ now: bytes, peak: bytes }),
    }),
    "notes?": listOf(aText),
    "quality?": fields({
      ...{ psnr: anAmount, ssim: aNumber, maxError: anAmount },
      ...{ "msSsim?": anAmount, "msSsimScales?": wholeFrom(1), "temporalError?": anAmount, "flickerIndex?": anAmount },
      ...{ "flip?": anAmount, "latentDrift?": anAmount },
      "stepDrift?": fields({ l1: perStep(anAmount, steps), l2: perStep(anAmount, steps) }),
    }),
  });

/** What the fields of a trace are, those of its format and version aside. */
export const aTrace: Check = (value, path) => {
  const under = path ? `${path}.` : "";
  return (
    anObject(value, path || "the file") ??
    wholeFrom(1, 1000)((value as Trace).steps, `${under}steps`) ??
    ofSteps((value as Trace).steps)(value, path)
  );
};

/**
 * Checks a parsed trace, whoever wrote it: after this its fields are what {@link Trace} says. Parse the text with
 * `JSON.parse(text, readInfinity)`.
 *
 * @throws EngineError "file-invalid" for anything else, another version of the format included; the message names the field
 */
export const traceFromJson = (json: unknown): Trace => {
  const refused = anObject(json, "the file");
  if (refused !== undefined) throw invalid(refused);
  const { format, version } = json as Readonly<Record<string, unknown>>;
  if (format !== "diffusion-cache/trace") throw invalid(`its format is ${shown(format, 60)}`);
  if (version !== 1) throw invalid(`its version is ${shown(version, 60)}, and this engine reads version 1`);
  const wrong = aTrace(json, "");
  if (wrong !== undefined) throw invalid(wrong);
  return json as Trace;
};
