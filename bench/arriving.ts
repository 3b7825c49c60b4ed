// Measured speed-up over ideal speed-up, of every method at the model's presets.
import { readFileSync } from "node:fs";
import type { CacheMethod } from "../dist/lib/cache/method.js";
import { type MethodName, methodFromName } from "../dist/lib/cache/methods/index.js";
import { createEngine } from "../dist/lib/create-engine.js";
import { median } from "../dist/lib/metrics/median.js";
import { idealSpeedup } from "../dist/lib/profile.js";
import type { Trace } from "../dist/lib/trace.js";
import { type Effort, type Measured, ratioTo } from "./report.ts";
import { nanoFolder } from "./subject.ts";

const steps = 30;

/** Where the steps that were not wholly computed spend their time, per step. */
const reusedSteps = ({ stepMs, visits }: Trace): string => {
  const lighter = stepMs.filter((_, step) => visits.some((one) => one.step === step && one.decision !== "compute"));
  return lighter.length ? median(lighter).toFixed(1) : "";
};

export const arriving = async ({ quick }: Effort): Promise<Measured> => {
  const engine = await createEngine({ model: nanoFolder, backend: "wasm" });
  const calibration = await engine.calibrate({ steps });
  const { methods } = JSON.parse(readFileSync(`${nanoFolder}/presets.json`, "utf8"));
  const rows = new Map<string, CacheMethod[]>([["no cache", []]]);
  for (const [name, presets] of Object.entries<Record<string, { options: object }>>(methods)) {
    const preset = presets.balanced ?? presets.gentle ?? presets.strong;
    const own = calibration[name as "magcache"] ?? {};
    if (preset) rows.set(name, [methodFromName(name as MethodName, { ...own, ...preset.options })]);
  }
  const times = new Map([...rows.keys()].map((name) => [name, [] as number[]]));
  const traces = new Map<string, Trace>();
  const profiles: Awaited<ReturnType<typeof engine.profile>>[] = [];
  for (let round = -1; round < (quick ? 1 : 5); round++) {
    if (round >= 0) profiles.push(await engine.profile());
    for (const [name, cache] of rows) {
      const { trace } = await engine.generate({ cache, steps });
      if (round >= 0) times.get(name)?.push(trace.totals.wallMs);
      traces.set(name, trace);
    }
  }
  const base = times.get("no cache") as number[];
  const table = [...rows].map(([name]) => {
    const trace = traces.get(name) as Trace;
    const gain = 1 / ratioTo(base, times.get(name) as number[]);
    const ideal = median(profiles.map((profile) => idealSpeedup(trace, profile)));
    const ran = trace.visits.filter(({ decision }) => decision === "compute").length;
    return [
      name,
      median(times.get(name) as number[]).toFixed(0),
      gain.toFixed(2),
      ideal.toFixed(2),
      (gain / ideal).toFixed(3),
      reusedSteps(trace),
      trace.visits.length ? `${((100 * ran) / trace.visits.length).toFixed(0)} %` : "100 %",
    ];
  });
  await engine.dispose();
  return {
    id: "arriving",
    title: "Speed-ups that arrive",
    says: `latte-motion-nano, ${steps} steps, every method at the model's balanced preset, calibrated for ${steps} steps where it needs that. The ideal is what the same decisions would give if everything left out cost nothing and the rest what it costs in an uncached run. Beside it the median time of a step in which something was reused or forecast.`,
    columns: [
      "Method",
      "Time, ms",
      "Speed-up",
      "Ideal",
      "Measured / ideal",
      "Step with reuse, ms",
      "Decisions computed",
    ],
    rows: table,
  };
};
