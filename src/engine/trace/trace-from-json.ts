import { EngineError } from "../errors.js";
import type { Trace } from "./trace.js";

type Check = (value: unknown, path: string) => void;

const invalid = (why: string): EngineError =>
  new EngineError("file-invalid", `This is not a trace that can be read: ${why}.`, {
    hint: "A trace is what `diffusion-cache run --trace FILE.json` writes, and what an example exports.",
  });

const shown = (value: unknown): string => {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : String(value);
};

const is =
  (wanted: string, test: (value: unknown) => boolean): Check =>
  (value, path) => {
    if (!test(value)) throw invalid(`${path} is ${shown(value)}; expected ${wanted}`);
  };

const object = is("an object", (value) => typeof value === "object" && value !== null && !Array.isArray(value));
const text = is("a string", (value) => typeof value === "string");
const number = is("a number", Number.isFinite);
/** Milliseconds, bytes, scores: PSNR may be infinite. */
const amount = is("a number from 0 up", (value) => typeof value === "number" && value >= 0);
const whole = is("a whole number from 0 up", (value) => Number.isSafeInteger(value) && (value as number) >= 0);
const oneOf = (...words: readonly string[]): Check =>
  is(words.join(" or "), (value) => words.includes(value as string));
const orNull =
  (check: Check): Check =>
  (value, path) =>
    value === null ? undefined : check(value, path);

const list =
  (item: Check, length?: number): Check =>
  (value, path) => {
    if (!Array.isArray(value)) throw invalid(`${path} is ${shown(value)}; expected a list`);
    if (length !== undefined && value.length !== length)
      throw invalid(`${path} has ${value.length} entries; expected one for each of the ${length} steps`);
    for (const [index, one] of value.entries()) item(one, `${path}[${index}]`);
  };

/** Other fields may be there: a later version adds some. A name that ends in "?" may be missing. */
const fields =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value, path) => {
    object(value, path || "the file");
    for (const [name, check] of Object.entries(checks)) {
      const field = name.replace("?", "");
      const one = (value as Readonly<Record<string, unknown>>)[field];
      if (name.endsWith("?") && one === undefined) continue;
      check(one, path ? `${path}.${field}` : field);
    }
  };

const bytes = fields({ weights: amount, activations: amount, cache: amount, workspace: amount });
const reading = fields({ change: amount, magnitude: amount, present: amount });
const weights: Check = (value, path) =>
  Array.isArray(value) ? list(number)(value, path) : fields({ low: number, high: number })(value, path);
const reasons: Check = (value, path) => {
  object(value, path);
  for (const [name, one] of Object.entries(value as object)) if (one !== true) number(one, `${path}.${name}`);
};

const visit = (steps: number): Check =>
  fields({
    step: is(
      `a step from 0 to ${steps - 1}`,
      (value) => Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) < steps,
    ),
    branch: oneOf("cond", "uncond"),
    "clip?": whole,
    site: text,
    method: text,
    decision: oneOf("compute", "reuse", "forecast"),
    "weights?": weights,
    "readings?": list(orNull(reading)),
    "reasons?": reasons,
    "ms?": amount,
  });

const trace = (steps: number): Check =>
  fields({
    engine: fields({ version: text, onnxruntime: text }),
    model: fields({ name: text, architecture: text, parameters: whole }),
    backend: fields({ name: text, description: text }),
    scheduler: text,
    methods: list(fields({ name: text, options: object })),
    prompt: orNull(text),
    seed: orNull(number),
    guidance: number,
    clips: whole,
    timesteps: list(number, steps),
    sites: list(
      fields({
        site: text,
        kind: text,
        computed: is(
          `${steps} digits, 0 or 1`,
          (value) => typeof value === "string" && value.length === steps && /^[01]*$/.test(value),
        ),
      }),
    ),
    visits: list(visit(steps)),
    stepMs: list(amount, steps),
    "stepProbeMs?": list(amount, steps),
    stepCacheBytes: list(amount, steps),
    totals: fields({ wallMs: amount, compileMs: amount, bytes: fields({ now: bytes, peak: bytes }) }),
    "quality?": fields({ psnr: amount, ssim: number, maxError: amount }),
  });

/**
 * Checks a parsed trace, whoever wrote it: after this its fields are what {@link Trace} says. Parse the text with
 * `JSON.parse(text, readInfinity)`.
 *
 * @throws EngineError "file-invalid" for anything else, another version of the format included; the message names the field
 */
export const traceFromJson = (json: unknown): Trace => {
  object(json, "the file");
  const { format, version, steps } = json as Readonly<Record<string, unknown>>;
  if (format !== "diffusion-cache/trace") throw invalid(`its format is ${shown(format)}`);
  if (version !== 1) throw invalid(`its version is ${shown(version)}, and this engine reads version 1`);
  is(
    "a whole number from 1 to 1000",
    (value) => Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= 1000,
  )(steps, "steps");
  trace(steps as number)(json, "");
  return json as Trace;
};
