// The same checkpoints, methods and settings in the engine (WASM) and in diffusers (torch), in turn on the same cores:
// PYTHON=python npm run bench:diffusers [-- --rounds 5]. The result goes into bench/report.json.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import * as ort from "onnxruntime-web";
import { wasmBackend } from "../dist/lib/backends/wasm.js";
import { type MethodName, methodFromName } from "../dist/lib/cache/methods/index.js";
import type { Engine } from "../dist/lib/engine.js";
import { median } from "../dist/lib/metrics/median.js";
import { openFiles } from "../dist/lib/models/files.js";
import { loadCheckpoint } from "../dist/lib/run/checkpoint.js";
import { engineOf } from "../dist/lib/run/engine-of.js";
import type { Report, Section } from "./report.ts";

const { values } = parseArgs({
  options: { rounds: { type: "string" }, threads: { type: "string" }, part: { type: "string" } },
});
const rounds = Number(values.rounds ?? 5);
const root = new URL("..", import.meta.url).pathname;
const steps = 20;

interface Case {
  readonly model: string;
  readonly method?: MethodName;
  readonly options?: Readonly<Record<string, unknown>>;
  /** What diffusers wants beside the same options under its own names. */
  readonly theirs?: Readonly<Record<string, unknown>>;
}
const [latte, flux] = ["latte-motion-nano", "flux-shapes-nano"];
const attention = String.raw`(temporal_)?transformer_blocks\.\d+\.attn\d`;
const flat = {
  magRatios: Array.from({ length: steps }, () => 1),
  threshold: 0.06,
  maxSkipSteps: 3,
  retentionRatio: 0.2,
};
const window = [100, 800];
const cases: readonly Case[] = [
  { model: latte },
  {
    model: latte,
    method: "pab",
    options: {
      spatialAttentionBlockSkipRange: 2,
      temporalAttentionBlockSkipRange: 4,
      crossAttentionBlockSkipRange: 6,
      spatialAttentionTimestepSkipRange: window,
      temporalAttentionTimestepSkipRange: window,
      crossAttentionTimestepSkipRange: window,
    },
  },
  {
    model: latte,
    method: "fastercache",
    options: {
      spatialAttentionBlockSkipRange: 2,
      temporalAttentionBlockSkipRange: 2,
      unconditionalBatchSkipRange: 5,
      unconditionalBatchTimestepSkipRange: [-1, 900],
      spatialAttentionTimestepSkipRange: [-1, 681],
      temporalAttentionTimestepSkipRange: [-1, 681],
    },
  },
  {
    model: latte,
    method: "taylorseer",
    options: {
      cacheInterval: 4,
      disableCacheBeforeStep: 4,
      maxOrder: 1,
      sites: ["spatial-attention", "temporal-attention", "cross-attention"],
    },
    theirs: { cache_identifiers: [attention] },
  },
  { model: flux },
  { model: flux, method: "firstblockcache", options: { threshold: 0.2 } },
  { model: flux, method: "magcache", options: flat, theirs: { num_inference_steps: steps } },
];

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** diffusers in a process of its own, asked for one run at a time. */
const python = async (threads: number) => {
  const child = spawn(process.env.PYTHON ?? "python3", [`${root}bench/hooks.py`, String(threads)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error("bench/hooks.py ended; PYTHON must name an interpreter with torch and diffusers");
    return JSON.parse(value);
  };
  const { versions } = await answer();
  return {
    versions,
    run({
      model,
      method,
      options = {},
      theirs = {},
    }: Case): Promise<{ ms: number; deviation: number; error?: string }> {
      const { sites: _, ...same } = options;
      const renamed = Object.fromEntries(Object.entries(same).map(([name, value]) => [snake(name), value]));
      const folder = `${root}site/public/models/${model}`;
      child.stdin.write(`${JSON.stringify({ folder, method, options: { ...renamed, ...theirs }, steps })}\n`);
      return answer();
    },
    end: () => child.stdin.end(),
  };
};

/** All cases at one number of threads; onnxruntime-web fixes its own with the first session of a process. */
const measure = async (threads: number): Promise<{ rows: (string | number)[][]; versions: Record<string, string> }> => {
  ort.env.wasm.numThreads = threads;
  const engines = new Map<string, Engine>();
  for (const model of [latte, flux]) {
    const backend = wasmBackend(ort);
    const report = { backend: backend.name, description: backend.description, ladder: [] };
    engines.set(
      model,
      await engineOf(await loadCheckpoint(await openFiles(`${root}site/public/models/${model}`)), backend, report),
    );
  }
  const diffusers = await python(threads);
  const ours = async ({ model, method, options }: Case) => {
    const cache = method ? [methodFromName(method, options)] : [];
    const { clip, trace } = await (engines.get(model) as Engine).generate({ cache, steps });
    const mean = clip.data.reduce((sum, value) => sum + value, 0) / clip.data.length;
    const deviation = Math.sqrt(clip.data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / clip.data.length);
    return { ms: trace.totals.wallMs, deviation };
  };
  const times = cases.map(() => ({ ours: [] as number[], theirs: [] as number[], deviations: [0, 0], error: "" }));
  for (let round = -1; round < rounds; round++)
    for (const [index, one] of cases.entries()) {
      const to = times[index] as (typeof times)[number];
      const [here, there] = [await ours(one), await diffusers.run(one)];
      if (there.error) to.error = there.error;
      to.deviations = [here.deviation, there.deviation];
      if (round < 0) continue;
      to.ours.push(here.ms);
      if (!there.error) to.theirs.push(there.ms);
    }
  diffusers.end();
  const rows = cases.map(({ model, method }, index) => {
    const { ours, theirs, deviations, error } = times[index] as (typeof times)[number];
    const base = times[cases.findIndex((one) => one.model === model && !one.method)] as (typeof times)[number];
    const gain = (side: "ours" | "theirs", own: readonly number[]): number => median(base[side]) / median(own);
    const head = [model, method ?? "no cache", threads, median(ours).toFixed(0)];
    if (error) return [...head, error, "", gain("ours", ours).toFixed(2), "", "", ""];
    return [
      ...head,
      median(theirs).toFixed(0),
      (median(ours) / median(theirs)).toFixed(2),
      gain("ours", ours).toFixed(2),
      gain("theirs", theirs).toFixed(2),
      (gain("ours", ours) / gain("theirs", theirs)).toFixed(2),
      Math.abs((deviations[0] ?? 0) / (deviations[1] ?? 1) - 1).toExponential(0),
    ];
  });
  return { rows, versions: diffusers.versions };
};

if (values.threads) {
  writeFileSync(values.part as string, JSON.stringify(await measure(Number(values.threads))));
  process.exit(0);
}

const results: Awaited<ReturnType<typeof measure>>[] = [];
for (const threads of [1, 2]) {
  const part = `${root}dist/against-diffusers-${threads}.json`;
  const self = [
    new URL(import.meta.url).pathname,
    "--threads",
    String(threads),
    "--part",
    part,
    "--rounds",
    String(rounds),
  ];
  const child = spawn(process.execPath, self, { stdio: "inherit" });
  const code = await new Promise((resolve) => child.on("exit", resolve));
  if (code !== 0) process.exit(1);
  results.push(JSON.parse(readFileSync(part, "utf8")));
}
const versions = Object.entries(results[0]?.versions ?? {})
  .map(([name, version]) => `${name} ${version}`)
  .join(", ");
const section: Section = {
  id: "diffusers",
  title: "Against diffusers on the same cores",
  command: "PYTHON=python npm run bench:diffusers",
  says: `The same checkpoint in float32, the same noise, prompt, scheduler, ${steps} steps, method and settings, in turn: this engine on WASM, and ${versions} on the processor. Latte runs both branches in one batch in diffusers, as its pipeline does; the engine runs them one after the other. Medians of ${rounds} runs. The last column compares the standard deviations of the two clips' pixels, as a sign that both did the same.`,
  columns: [
    "Model",
    "Method",
    "Threads",
    "Engine, ms",
    "diffusers, ms",
    "Time, engine / diffusers",
    "Speed-up, engine",
    "Speed-up, diffusers",
    "Ratio of speed-ups",
    "Clips differ by",
  ],
  rows: results.flatMap(({ rows }) => rows),
};
console.log(
  [section.columns, section.columns.map(() => "---"), ...section.rows]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n"),
);
const path = `${root}bench/report.json`;
if (existsSync(path)) {
  const report: Report = JSON.parse(readFileSync(path, "utf8"));
  const sections = [...report.sections.filter(({ id }) => id !== section.id), section];
  writeFileSync(path, `${JSON.stringify({ ...report, sections }, undefined, 1)}\n`);
}
process.exit(0);
