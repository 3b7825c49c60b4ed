import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import * as package_ from "diffusion-cache";
import fc from "fast-check";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { defaultsOf, type ExampleModule, type Knob, type KnobValue } from "../../site/program/example-module.js";
import { typescriptSnippet } from "../../site/snippets/snippet-typescript.js";

// The TypeScript under every example: it type-checks as it is copied, says the sliders' settings, and runs.

const examples = Object.entries(import.meta.glob<ExampleModule>("../../examples/*.ts", { eager: true })).map(
  ([file, example]) => [basename(file, ".ts"), example] as const,
);
const model = "site/public/models/latte-motion-nano";
const calibration = package_.calibrationFromJson(JSON.parse(readFileSync(`${model}/calibration.json`, "utf8")), model);
const asked = { prompt: "a large red circle moving right on a black background", seed: 3, guidance: 2 };

const methodsOf = (example: ExampleModule, options = defaultsOf(example.knobs)) =>
  example.methods(options, calibration);
/** As many as a calibration is for, and few where a method measures nothing. */
const stepsOf = (example: ExampleModule): number => {
  const [method] = methodsOf(example);
  if (method?.calibratedFor) return method.calibratedFor.steps;
  return method?.probes ? 12 : 6;
};
const snippetOf = (example: ExampleModule, options = defaultsOf(example.knobs)): string =>
  typescriptSnippet(methodsOf(example, options), { ...asked, steps: stepsOf(example) });

/** Runs a snippet as the module that it is, on an engine that stands where the worker would be made. @returns its names */
const run = async (snippet: string, engine: object): Promise<Record<string, unknown>> => {
  const { outputText } = ts.transpileModule(`${snippet}\nreturn_({ clip, trace });`, {
    compilerOptions: { target: ts.ScriptTarget.ES2024, module: ts.ModuleKind.ESNext },
  });
  const [, names = ""] = /^import \{(.*)\} from "diffusion-cache";/.exec(outputText) ?? [];
  const createWorkerEngine = async ({ model }: { model: string }) => {
    expect(model).toBe("/models/latte-motion-nano");
    return engine;
  };
  const body = outputText.replace(/^import .*$/m, `const { ${names} } = package_;`);
  let returned: Record<string, unknown> = {};
  const AsyncFunction = (async () => undefined).constructor as new (
    ...text: string[]
  ) => (...values: unknown[]) => Promise<void>; // prettier-ignore
  await new AsyncFunction("package_", "return_", body)(
    { ...package_, createWorkerEngine },
    (values: typeof returned) => {
      returned = values;
    },
  );
  return returned;
};

test("all of them type-check as modules of a strict program", () => {
  const files = new Map(examples.map(([name, example]) => [resolve(`snippet-${name}.ts`), snippetOf(example)]));
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2024,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ["lib.es2024.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
    types: ["node", "@webgpu/types"],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
    paths: { "diffusion-cache": [resolve("src/engine/index.ts")] },
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file) ?? readFile(file);
  const program = ts.createProgram([...files.keys()], options, host);
  const complaints = [...files.keys()].flatMap((file) => {
    const source = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => `${basename(file)}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    );
  });
  expect(complaints).toEqual([]);
});

const chosen = (knob: Knob): fc.Arbitrary<KnobValue> => {
  if (knob.type === "toggle") return fc.boolean();
  if (knob.type === "select") return fc.constantFrom(...knob.choices);
  const { min, max, step } = knob;
  const stop = fc
    .integer({ min: 0, max: Math.round((max - min) / step) })
    .map((n) => Number((min + n * step).toFixed(6)));
  if (knob.type === "range") return stop;
  return fc.tuple(stop, stop).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
};

describe.each(examples)("%s", (_, example) => {
  it("says every setting of its sliders", async () => {
    const settings = fc.record(Object.fromEntries(example.knobs.map((knob) => [knob.name, chosen(knob)])));
    await fc.assert(
      fc.asyncProperty(settings, async (options) => {
        let methods: readonly package_.CacheMethod[];
        try {
          methods = methodsOf(example, options);
        } catch (error) {
          expect(error).toMatchObject({ code: "option-invalid" }); // sliders that contradict each other
          return;
        }
        let given: package_.GenerateOptions = {};
        const generate = async (request: package_.GenerateOptions) => {
          given = request;
          return {};
        };
        await run(snippetOf(example, options), {
          model: { calibration },
          calibrate: async () => calibration,
          generate,
        });
        expect(given).toMatchObject({ ...asked, steps: stepsOf(example) });
        expect(given.cache?.map(({ name, options }) => ({ name, options }))).toEqual(
          methods.map(({ name, options }) => ({ name, options })),
        );
      }),
      { numRuns: 25 },
    );
  });
});

describe("on a real engine", () => {
  let engine: package_.Engine;
  beforeAll(async () => {
    engine = await package_.createEngine({ model, backend: "wasm" });
  });
  afterAll(() => engine?.dispose());

  it.each(examples)("%s: the copied program makes a clip and caches", async (_, example) => {
    const { clip, trace } = (await run(snippetOf(example), engine)) as unknown as package_.Result;
    expect(clip.dims).toEqual([1, 3, 8, 48, 48]);
    expect(clip.data.every(Number.isFinite)).toBe(true);
    expect(trace.methods.map(({ name }) => name)).toEqual(methodsOf(example).map(({ name }) => name));
    expect(trace.visits.some(({ decision }) => decision !== "compute")).toBe(true);
  });

  it("measures a calibration where the model has none for so many steps", async () => {
    const [, example] = examples.find(([name]) => name === "mag-cache") as (typeof examples)[number];
    const methods = methodsOf(example).map((method) => ({
      ...method,
      calibratedFor: { model: "m", scheduler: "s", steps: 20 },
    }));
    const snippet = typescriptSnippet(methods, { ...asked, steps: 8 });
    expect(snippet).toContain("await engine.calibrate({ steps: 8 })");
    const { trace } = (await run(snippet, engine)) as unknown as package_.Result;
    expect(trace.methods[0]?.options["magRatios"]).toHaveLength(8);
  });
});
