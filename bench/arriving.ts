// Measured speed-up over ideal speed-up, of every method at the model's presets, and where the rest goes.
import { readFileSync } from "node:fs";
import type { Backend } from "../dist/lib/backends/backend.js";
import { type MethodName, methodFromName } from "../dist/lib/cache/methods/index.js";
import { idealSpeedup } from "../dist/lib/measure/profile.js";
import type { CacheMethod } from "../dist/lib/method.js";
import { median } from "../dist/lib/metrics/median.js";
import { engineOf } from "../dist/lib/run/engine-of.js";
import type { Trace } from "../dist/lib/trace/trace.js";
import { type Effort, type Measured, ratioTo } from "./report.ts";
import { checkpoint, nanoFolder } from "./subject.ts";

/** What a run asked of its backend. */
interface Counts {
  calls: number;
  /** Into onnxruntime and out of it. */
  bytes: number;
  callMs: number;
  probeMs: number;
  sumMs: number;
}
const none: Counts = { calls: 0, bytes: 0, callMs: 0, probeMs: 0, sumMs: 0 };

/** A backend that counts what it does into `counts`. */
const counting = (backend: Backend, counts: Counts): Backend => ({
  ...backend,
  async run(compiled, inputs, keep) {
    const before = performance.now();
    const outputs = await backend.run(compiled, inputs, keep);
    counts.callMs += performance.now() - before;
    counts.calls += 1;
    for (const { bytes } of [...inputs.values(), ...outputs.values()]) counts.bytes += bytes;
    return outputs;
  },
  async measure(now, older) {
    const before = performance.now();
    const reading = await backend.measure(now, older);
    counts.probeMs += performance.now() - before;
    return reading;
  },
  combine(terms, clamp) {
    const before = performance.now();
    const sum = backend.combine(terms, clamp);
    counts.sumMs += performance.now() - before;
    return sum;
  },
});

interface Run extends Counts {
  readonly wallMs: number;
  /** What is none of the others: decisions, checks, promises, memory. */
  readonly elseMs: number;
}

/** The middle run of each quantity. */
const middle = (runs: readonly Run[]): Run => {
  const of = (field: keyof Run): number => median(runs.map((run) => run[field]));
  return {
    calls: of("calls"),
    bytes: of("bytes"),
    callMs: of("callMs"),
    probeMs: of("probeMs"),
    sumMs: of("sumMs"),
    wallMs: of("wallMs"),
    elseMs: of("elseMs"),
  };
};

/** Where the steps that were not wholly computed spend their time, per step. */
const reusedSteps = ({ stepMs, visits }: Trace): string => {
  const lighter = stepMs.filter((_, step) => visits.some((one) => one.step === step && one.decision !== "compute"));
  return lighter.length ? median(lighter).toFixed(1) : "";
};

export const arriving = async ({ quick, open, size }: Effort): Promise<readonly Measured[]> => {
  const counts: Counts = { ...none };
  const backend = counting(await open(), counts);
  const device = { backend: backend.name, description: backend.description, ladder: [] };
  const engine = await engineOf(await checkpoint(size), backend, device);
  const steps = size.name === "least" ? 6 : 30;
  const calibration = await engine.calibrate({ steps });
  const { methods } = JSON.parse(readFileSync(`${nanoFolder}/presets.json`, "utf8"));
  const ways = new Map<string, CacheMethod[]>([["no cache", []]]);
  for (const [name, presets] of Object.entries<Record<string, { options: object }>>(methods)) {
    const preset = presets.balanced ?? presets.gentle ?? presets.strong;
    const own = calibration[name as "magcache"] ?? {};
    if (preset) ways.set(name, [methodFromName(name as MethodName, { ...own, ...preset.options })]);
  }
  const runs = new Map([...ways.keys()].map((name) => [name, [] as Run[]]));
  const traces = new Map<string, Trace>();
  const profiles: Awaited<ReturnType<typeof engine.profile>>[] = [];
  for (let round = -1; round < (quick ? 1 : 5); round++) {
    if (round >= 0) profiles.push(await engine.profile());
    for (const [name, cache] of ways) {
      Object.assign(counts, none);
      const { trace } = await engine.generate({ cache, steps });
      const { wallMs } = trace.totals;
      const elseMs = wallMs - counts.callMs - counts.probeMs - counts.sumMs;
      if (round >= 0) runs.get(name)?.push({ ...counts, wallMs, elseMs });
      traces.set(name, trace);
    }
  }
  await engine.dispose();

  const wall = (name: string): number[] => (runs.get(name) as Run[]).map(({ wallMs }) => wallMs);
  const base = middle(runs.get("no cache") as Run[]);
  const rows = [...ways.keys()].map((name) => {
    const trace = traces.get(name) as Trace;
    const run = middle(runs.get(name) as Run[]);
    const gain = 1 / ratioTo(wall("no cache"), wall(name));
    const ideal = median(profiles.map((profile) => idealSpeedup(trace, profile)));
    const computed = trace.visits.filter(({ decision }) => decision === "compute").length;
    const beyond = {
      calls: run.callMs - (base.wallMs / ideal - (base.wallMs - base.callMs)),
      probes: run.probeMs,
      sums: run.sumMs - base.sumMs,
      else: run.elseMs - base.elseMs,
    };
    const all = Object.values(beyond).reduce((sum, ms) => sum + ms, 0);
    return {
      arriving: [
        name,
        run.wallMs.toFixed(0),
        gain.toFixed(2),
        ideal.toFixed(2),
        (gain / ideal).toFixed(3),
        backend.readsFree ? reusedSteps(trace) : "not waited for",
        trace.visits.length ? `${((100 * computed) / trace.visits.length).toFixed(0)} %` : "100 %",
      ],
      beyond: [
        name,
        run.calls,
        (run.bytes / 2 ** 20).toFixed(1),
        all.toFixed(0),
        ...[beyond.calls, beyond.probes, beyond.sums, beyond.else].map((ms) => ms.toFixed(1)),
      ],
    };
  });
  const sections = [
    {
      id: "arriving",
      title: "Speed-ups that arrive",
      says: `latte-motion-nano${size.name === "nano" ? "" : `, cut down to the ${size.name} size`}, ${steps} steps, every method at the model's balanced preset, calibrated for ${steps} steps where it needs that. The ideal is what the same decisions would give if everything left out cost nothing and the rest what it costs in an uncached run: what a method always runs, such as probed blocks, is not left out. Beside it the median time of a step in which something was reused or forecast.`,
      columns: [
        "Method",
        "Time, ms",
        "Speed-up",
        "Ideal",
        "Measured / ideal",
        "Step with reuse, ms",
        "Decisions computed",
      ],
      rows: rows.map((row) => row.arriving),
    },
    {
      id: "beyond",
      title: "Where the rest goes",
      says: `The same runs: session calls, the bytes that went into onnxruntime and came out of it, and the time beyond the ideal, in all and by where it was spent: in session calls beyond what the ideal has (cuts and copies), in reading probes, in sums and in everything else (decisions, checks, memory) beyond those of the uncached run.`,
      columns: ["Method", "Calls", "In and out, MiB", "Beyond, ms", "In calls", "Probes", "Sums", "Else"],
      rows: rows.map((row) => row.beyond),
    },
  ];
  // A GPU is handed its calls and works them off later, so time cannot be told apart by where it is spent.
  return backend.readsFree ? sections : sections.slice(0, 1);
};
