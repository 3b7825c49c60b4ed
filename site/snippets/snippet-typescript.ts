import type { CacheMethod, MethodName } from "diffusion-cache";
import { firstModel } from "../model/live-models.js";
import type { Settings } from "../program/example-module.js";
import { methodFunctions } from "../program/method-functions.js";
import { measuredOptions, saidOptions } from "../program/said-options.js";

/** An option's value as TypeScript. */
const literal = (value: unknown): string => JSON.stringify(value).replaceAll(",", ", ").replaceAll(":", ": ");

const call = (method: CacheMethod): string => {
  const lines = Object.entries(saidOptions(method)).map(([name, value]) =>
    measuredOptions.includes(name)
      ? `\n    ${name}: calibration.${method.name}.${name},`
      : `\n    ${name}: ${literal(value)},`,
  );
  return `${methodFunctions[method.name as MethodName]}(${lines.length > 0 ? `{${lines.join("")}\n  }` : ""})`;
};

/** The settings as a program that uses this package; options at their default are left out. */
export const typescriptSnippet = (
  methods: readonly CacheMethod[],
  settings: Omit<Settings, "options">,
  model: string = firstModel,
): string => {
  const names = methods.map(({ name }) => methodFunctions[name as MethodName]);
  const measured = methods.some((method) => measuredOptions.some((name) => name in saidOptions(method)));
  // A model's calibration may lack these: those that were made before the methods lack them.
  const carried = methods.every(
    ({ name, calibratedFor }) =>
      !["dpcache", "meancache"].includes(name) && (!calibratedFor || calibratedFor.steps === settings.steps),
  );
  const calibration = carried
    ? "engine.model.calibration ?? (await engine.calibrate())"
    : `await engine.calibrate({ steps: ${settings.steps} })`;
  return `import { ${["createWorkerEngine", ...names].join(", ")} } from "diffusion-cache";

const engine = await createWorkerEngine({ model: "/models/${model}" });
${measured ? `const calibration = ${calibration};\n` : ""}const { clip, trace } = await engine.generate({
  prompt: ${JSON.stringify(settings.prompt)},
  seed: ${settings.seed},
  steps: ${settings.steps},
  guidance: ${settings.guidance},
  cache: [${methods.map(call).join(", ")}],
});`;
};
