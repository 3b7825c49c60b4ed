// Measures each model of the site here, on WebAssembly, and keeps what its guides show before a reader measures: how much
// every sub-layer changes from step to step, where the time of a pass goes, and what forecasts are compared on. After npm
// run build:lib, on a machine that does nothing else, and again for other weights: node scripts/record-measurements.ts
// With "--only forecasts" nothing is timed, and the rest stays as it was.
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { type Calibration, createEngine, type Engine } from "diffusion-cache";
import { forecastProducts } from "../site/measurements/forecast-products.ts";
import { writeWhole } from "./script.mjs";

const root = new URL("../", import.meta.url).pathname;
const folder = `${root}site/public/measured`;
const withDigits =
  (digits: number) =>
  (_: string, value: unknown): unknown =>
    typeof value === "number" ? Number(value.toPrecision(digits)) : value;
/** Four digits are more than a chart shows. */
const short = withDigits(4);
/** Errors are small differences of products. */
const long = withDigits(9);

const timed = async (engine: Engine) => {
  const on = `${engine.device.description}, ${cpus()[0]?.model ?? "unknown processor"}`;
  const changes = await engine.changes();
  await engine.generate({ steps: 2 }); // warm-up: nobody measures it
  const profile = await engine.profile();
  console.log(`${engine.model.name}: ${profile.passMs.toFixed(1)} ms a pass on ${on}`);
  return JSON.parse(JSON.stringify({ on, changes, profile }, short));
};

const words = process.argv.slice(2).join(" ");
if (words !== "" && words !== "--only forecasts") throw new Error(`It takes --only forecasts, not ${words}.`);
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(`${root}site/public/models`)) {
  const engine = await createEngine({ model: `${root}site/public/models/${name}`, backend: "wasm" });
  const file = `${folder}/${name}.json`;
  const rest = words ? JSON.parse(readFileSync(file, "utf8")) : await timed(engine);
  const run = await engine.calibrate({ methods: ["l2p"] });
  const forecasts = forecastProducts(run, engine.model.calibration as Calibration);
  writeWhole(file, `${JSON.stringify({ ...rest, forecasts: JSON.parse(JSON.stringify(forecasts, long)) })}\n`);
  console.log(`${name}: forecasts at ${forecasts.places.map(({ place }) => place).join(", ")}`);
  await engine.dispose();
}
process.exit(0);
