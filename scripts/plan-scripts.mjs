// Writes every Python program of the page "Your model" as JSON: one of each model, method and library, with the settings
// that the page begins with. scripts/run-plan-scripts.py runs them.
//
//     npm run build:lib && node scripts/plan-scripts.mjs > plan-scripts.json
import { build } from "esbuild";

const built = new URL("../node_modules/.cache/plan-scripts.mjs", import.meta.url).pathname;
await build({
  stdin: {
    contents: `export { cardNames, methods } from "diffusion-cache";
export { choiceOf, planOf } from "./site/plan/choice.js";
export { modelData } from "./site/plan/model-data.js";
export { scriptsOf } from "./site/plan/script.js";`,
    resolveDir: new URL("..", import.meta.url).pathname,
    loader: "ts",
  },
  ...{ bundle: true, platform: "node", format: "esm", packages: "external", outfile: built },
});
const { cardNames, methods, choiceOf, planOf, modelData, scriptsOf } = await import(built);

const programsOf = (card, method) => {
  const data = modelData[card];
  const usual = choiceOf(card, { method });
  const published = data.settings.find((one) => one.method === method)?.options;
  const choice = { ...usual, options: published ? JSON.stringify(published) : usual.options };
  try {
    const { plan, methods: acting } = planOf(choice);
    return scriptsOf(plan.card, choice, acting).map(({ library, code }) => ({
      ...{ card, method, library, network: plan.card.class, pipeline: plan.card.pipeline },
      ...{ state: data.fits[method]?.state, code },
    }));
  } catch {
    return []; // The method finds nothing in this network.
  }
};

const programs = cardNames.flatMap((card) => Object.keys(methods).flatMap((method) => programsOf(card, method)));
process.stdout.write(`${JSON.stringify(programs)}\n`);
