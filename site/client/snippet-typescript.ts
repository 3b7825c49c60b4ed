import type { Settings } from "./example-module.js";

/** An option's value as TypeScript. */
const literal = (value: unknown): string => JSON.stringify(value).replaceAll(",", ", ");

/** The settings as a program that uses this package. `method` is the exported function: "pab". */
export const typescriptSnippet = (method: string, { prompt, seed, steps, guidance, options }: Settings): string => {
  const lines = Object.entries(options).map(([name, value]) => `    ${name}: ${literal(value)},`);
  return `import { createWorkerEngine, ${method} } from "diffusion-cache";

const engine = await createWorkerEngine({ model: "/models/latte-motion-nano" });
const { clip, trace } = await engine.generate({
  prompt: ${JSON.stringify(prompt)},
  seed: ${seed},
  steps: ${steps},
  guidance: ${guidance},
  cache: [${method}({
${lines.join("\n")}
  })],
});`;
};
