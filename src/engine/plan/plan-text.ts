import { expectedSpeedUp } from "./expected-time.js";
import { gib, percent, times } from "./in-words.js";
import { type PlanBeside, planToJson } from "./plan-json.js";
import type { RunPlan } from "./plan-run.js";

const seconds = ([low, high]: readonly [number, number]): string => {
  const short = (value: number): string => (value < 10 ? value.toFixed(1) : String(Math.round(value)));
  if (high === Number.POSITIVE_INFINITY) return `at least ${short(low)} s`;
  return low === high ? `${short(low)} s` : `${short(low)} to ${short(high)} s`;
};

const bases = {
  typed: "from the time given",
  group: "as published runs on this GPU, ±20 %",
  nvidia: "as published runs on NVIDIA GPUs, ×/÷ 1.5",
  bound: "the peak of its data sheet: a lower bound, no run is published",
} as const;

const decisions = {
  settings: "settings alone",
  readings: "the recorded run's readings",
  recorded: "the share of a published run with these settings; where in the run is not known",
  share: "the share that was set; where in the run is not known",
} as const;

/** Rows of the grid, equal ones of neighbouring blocks as one. */
const grid = ({ sites }: RunPlan): string[] => {
  const acted = sites.filter(({ bytes }) => bytes > 0);
  const rows = new Map<string, { count: number; first: string; bytes: number }>();
  for (const { site, computed, bytes } of acted) {
    const key = `${site.replace(/\.\d+\./, ".*.")} ${computed}`;
    const row = rows.get(key) ?? { count: 0, first: site, bytes: 0 };
    rows.set(key, { ...row, count: row.count + 1, bytes: row.bytes + bytes });
  }
  const labels = [...rows].map(([key, { count, first }]) => (count > 1 ? `${key.split(" ")[0]} (${count})` : first));
  const width = Math.max(0, ...labels.map(({ length }) => length)) + 2;
  return [...rows].map(([key, { bytes }], at) => {
    const computed = key.split(" ")[1] as string;
    const picture = computed.replaceAll("1", "#").replaceAll("0", "·");
    const share = `${[...computed].filter((one) => one === "1").length}/${computed.length}`;
    return `${(labels[at] as string).padEnd(width)}${picture}  ${share}  ${gib(bytes)}`;
  });
};

/** A plan for people. */
export const planText = (plan: RunPlan, beside: PlanBeside = {}): string => {
  const { card, size, steps, passes, tokens, kinds, decidedBy, cacheBytes } = plan;
  const json = planToJson(plan, beside);
  const [low, high] = expectedSpeedUp(plan);
  const frames = size.frames > 1 ? `×${size.frames}` : "";
  const known = [
    ...Object.entries(decidedBy).map(([name, by]) => `${name}: by ${decisions[by]}`),
    ...(plan.recordedShares ?? []).map(
      ({ method, share, steps: of, source }) => `${method} skipped ${percent(share)} of ${of} steps: ${source}`,
    ),
  ];
  const lines = [
    `${card.name}, ${size.width}×${size.height}${frames}, ${steps} steps of ${passes} ${passes > 1 ? "passes" : "pass"}: ${tokens.N} tokens, ${(plan.flopsPerPass / 1e12).toPrecision(4)} TFLOPs a pass`,
    ...(plan.expertSwitch === undefined ? [] : [`The second expert takes over at step ${plan.expertSwitch}.`]),
    "",
    ...grid(plan),
    ...(known.length > 0 ? ["", ...known] : []),
    "",
    ...kinds
      .filter(({ share }) => share > 0.0005)
      .map(
        ({ kind, share, skipped }) =>
          `${kind.padEnd(20)}${percent(share).padStart(7)} of the operations, ${percent(skipped)} skipped`,
      ),
    "",
    `computed   ${percent(plan.computedShare)} of the operations`,
    `speed-up   ${times(plan.idealSpeedUp)} ideal, ${times(low)} to ${times(high)} expected`,
    `cache      ${gib(cacheBytes)}${json.diffusersCacheBytes === undefined ? "" : ` (diffusers' hooks keep ${gib(json.diffusersCacheBytes)})`}`,
    `weights    ${gib(plan.weightsBytes)} as ${plan.dtype}, encoders and decoder not counted`,
  ];
  if (json.memory) {
    const { fits, gpuGib, totalBytes, shortBytes } = json.memory;
    const ends = `${gib(totalBytes[0])} to ${gib(totalBytes[1])} of ${gpuGib} GiB`;
    const verdict = {
      yes: "fits",
      maybe: `may not fit: up to ${gib(shortBytes[1])} short`,
      no: `does not fit: short by ${gib(shortBytes[0])}`,
    }[fits];
    lines.push(`memory     ${ends}: ${verdict}`);
  }
  if (json.seconds)
    lines.push(
      `time       ${seconds(json.seconds.uncached)} uncached, ${seconds(json.seconds.cached)} cached (${bases[json.seconds.basis]})`,
    );
  return lines.join("\n");
};
