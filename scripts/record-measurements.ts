// Measures each model of the site here, on WebAssembly, and keeps what its guides show before a reader measures: how much
// every sub-layer changes from step to step, and where the time of a pass goes. After npm run build:lib, on a machine
// that does nothing else, and again for other weights: node scripts/record-measurements.ts
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { createEngine } from "diffusion-cache";

const root = new URL("../", import.meta.url).pathname;
const folder = `${root}site/public/measured`;
/** Four digits are more than a chart shows. */
const short = (_: string, value: unknown): unknown =>
  typeof value === "number" ? Number(value.toPrecision(4)) : value;

mkdirSync(folder, { recursive: true });
for (const name of readdirSync(`${root}site/public/models`)) {
  const engine = await createEngine({ model: `${root}site/public/models/${name}`, backend: "wasm" });
  const on = `${engine.device.description}, ${cpus()[0]?.model ?? "unknown processor"}`;
  const changes = await engine.changes();
  await engine.generate({ steps: 2 }); // warm-up: nobody measures it
  const profile = await engine.profile();
  writeFileSync(`${folder}/${name}.json`, `${JSON.stringify({ on, changes, profile }, short)}\n`);
  console.log(`${name}: ${profile.passMs.toFixed(1)} ms a pass on ${on}`);
  await engine.dispose();
}
process.exit(0);
