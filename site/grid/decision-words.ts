import type { Trace, TraceVisit } from "diffusion-cache";
import { kindNames } from "./grid-rows.js";

const verbs = { compute: "computed", reuse: "reused", forecast: "forecast" } as const;

/** Three digits, without an exponent where it can be helped: "0.043", "12.3". */
const digits = (value: number): string => String(Number(value.toPrecision(3)));

type Decided = Pick<TraceVisit, "decision" | "reasons">;

/** What was compared and what followed: "0.043 < 0.05: reused"; undefined where the method notes no numbers. */
export const comparedInWords = ({ decision, reasons }: Decided): string | undefined => {
  const { threshold } = reasons ?? {};
  const value = reasons?.difference ?? reasons?.accumulated;
  if (typeof value !== "number" || typeof threshold !== "number") return undefined;
  const sign = value < threshold ? "<" : value > threshold ? ">" : "=";
  const all = decision === "compute" && value < threshold ? " all the same, by another rule of the method" : "";
  return `${digits(value)} ${sign} ${digits(threshold)}: ${verbs[decision]}${all}`;
};

/** The rule behind a decision, as far as the trace says it. `kept` is the step of the newest computed feature. */
export const decisionInWords = (visit: Omit<TraceVisit, "step" | "branch">, kept: number | undefined): string => {
  const { decision, reasons, weights } = visit;
  const compared = comparedInWords(visit);
  const named = reasons?.accumulated !== undefined && compared ? `summed up, ${compared}` : compared;
  const from = decision === "reuse" && kept !== undefined ? ` from step ${kept + 1}` : "";
  const signed = (numbers: readonly number[]): string => numbers.map((one) => digits(one).replace("-", "−")).join(", ");
  const bands =
    weights && "low" in weights ? `, low frequencies × ${digits(weights.low)}, high × ${digits(weights.high)}` : "";
  const sum = decision === "forecast" && Array.isArray(weights) ? `, kept features weighted ${signed(weights)}` : "";
  const negative = reasons?.negative ? " (the polynomial was below zero and counted as nothing)" : "";
  return `${named ?? verbs[decision]}${from}${sum}${bands}${negative}`;
};

/** One line of a step: sites of one kind in one pass of which the same is to be said. */
export interface StepLine {
  readonly where: string;
  readonly pass: "with the text" | "without the text" | "both";
  readonly what: string;
}

const placeOf = (site: string, kind: keyof typeof kindNames): string => {
  const [, from, to] = /^blocks\.(\d+)-(\d+)$/.exec(site) ?? [];
  if (!from || !to) return kindNames[kind];
  return Number(to) - Number(from) === 1 ? `Block ${Number(from) + 1}` : `Blocks ${Number(from) + 1} to ${to}`;
};

/** All decisions of a step, in the order in which they were made. */
export const linesOfStep = ({ visits, sites }: Pick<Trace, "visits" | "sites">, step: number): readonly StepLine[] => {
  const kinds = new Map(sites.map(({ site, kind }) => [site, kind]));
  const lines = new Map<string, StepLine & { count: number }>();
  for (const visit of visits.filter((one) => one.step === step)) {
    const { site, branch } = visit;
    const kept = visits.findLast(
      (one) => one.site === site && one.branch === branch && one.step < step && one.decision === "compute",
    )?.step;
    const kind = kinds.get(site) ?? "blocks";
    const line: StepLine = {
      where: placeOf(site, kind),
      pass: kind === "guided" ? "both" : branch === "cond" ? "with the text" : "without the text",
      what: decisionInWords(visit, kept),
    };
    const key = JSON.stringify(line);
    lines.set(key, { ...line, count: (lines.get(key)?.count ?? 0) + 1 });
  }
  return [...lines.values()].map(({ where, pass, what, count }) => ({
    where: count > 1 ? `${where} × ${count}` : where,
    pass,
    what,
  }));
};

/** The step in one sentence: its time, and how much rested. */
export const stepInWords = (uncached: Trace, cached: Trace, step: number): string => {
  const here = cached.visits.filter((visit) => visit.step === step);
  const rested = here.filter(({ decision }) => decision !== "compute").length;
  const [with_, without] = [cached.stepMs[step] ?? 0, uncached.stepMs[step] ?? 0];
  const probeMs = cached.stepProbeMs?.[step] ?? 0;
  const probed = probeMs > 0 ? ` (${probeMs.toFixed(2)} ms of it reading probes)` : "";
  const did = rested === 0 ? "all computed" : `${rested} of ${here.length} features not computed`;
  return (
    `Step ${step + 1} of ${cached.steps}, timestep ${Math.round(cached.timesteps[step] ?? 0)}: ${did}; ` +
    `${with_.toFixed(0)} ms${probed}, and ${without.toFixed(0)} ms uncached.`
  );
};
