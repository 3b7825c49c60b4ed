// What models cost beside each other on WebAssembly with one thread: a step (guided, uncached), decoding a frame, the
// download. After npm run build:lib: node_modules/.bin/node bench/models.ts FOLDER FOLDER … Every round runs all models, so that what else the
// machine does meets all of them; processor time, which other work hardly changes, beside the quickest wall time.
import { createEngine } from "../dist/lib/index.js";

const [rounds, steps] = [5, 8];
const folders = process.argv.slice(2);
if (folders.length === 0) throw new Error("Name the models' folders.");

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

/** Milliseconds of the processor that a call takes. */
const processorMs = async <T>(call: () => Promise<T>): Promise<{ readonly value: T; readonly ms: number }> => {
  const before = process.cpuUsage();
  const value = await call();
  const { user, system } = process.cpuUsage(before);
  return { value, ms: (user + system) / 1000 };
};

const engines = await Promise.all(
  folders.map(async (model) => ({ model, engine: await createEngine({ model, backend: "wasm", threads: 1 }) })),
);
const measured = engines.map(() => ({ cpu: [] as number[], wall: [] as number[], decode: [] as number[] }));
for (const { engine } of engines) await engine.generate({ steps: 1 }); // compiles
for (let round = 0; round < rounds; round++)
  for (const [at, { engine }] of engines.entries()) {
    const short = await processorMs(() => engine.generate({ steps: 1 }));
    const long = await processorMs(() => engine.generate({ steps: 1 + steps }));
    const step = (long.ms - short.ms) / steps; // what every run costs beside its steps falls out
    measured[at]?.cpu.push(step);
    measured[at]?.wall.push(...long.value.trace.stepMs);
    if (long.value.trace.totals.decodeMs !== undefined)
      measured[at]?.decode.push(Math.max(0, short.ms - step) / engine.model.clip.frames); // and the noise, the prompt
  }

const [first] = measured as [(typeof measured)[number]];
for (const [at, { engine }] of engines.entries()) {
  const { cpu, wall, decode } = measured[at] as (typeof measured)[number];
  const { name, parameters, downloadBytes, clip, defaults } = engine.model;
  console.log(
    `${name}: ${(parameters / 1e6).toFixed(2)} M weights, ${(downloadBytes / 1e6).toFixed(2)} MB, ${clip.frames} × ${clip.height} × ${clip.width}, guidance ${defaults.guidance}\n` +
      `  a step: ${median(cpu).toFixed(1)} ms of the processor (${(median(cpu) / median(first.cpu)).toFixed(2)} × the first), quickest ${Math.min(...wall).toFixed(1)} ms by the clock` +
      (decode.length > 0 ? `\n  a frame decoded: at most ${median(decode).toFixed(1)} ms of the processor` : ""),
  );
  await engine.dispose();
}
