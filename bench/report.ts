// What a part of the suite hands back, how it is measured, and the report that parts are put into.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import type { Backend } from "../dist/lib/backends/backend.js";
import { median } from "../dist/lib/metrics/median.js";
import { onnxruntimeVersion, version } from "../dist/lib/version.js";
import type { Size } from "./subject.ts";

/** A curve of the growth part: what one quantity does to time and memory, the others as in the nano model. */
export interface Curve {
  readonly quantity: string;
  readonly points: readonly { readonly at: number; readonly ms: number; readonly bytes: number }[];
  /** time ∝ quantity^ms and memory ∝ quantity^bytes, fitted by least squares over the logarithms. */
  readonly exponents: { readonly ms: number; readonly bytes: number };
}

export interface Section {
  readonly id: string;
  readonly title: string;
  /** The command that made this part, alone or with others. */
  readonly command: string;
  readonly says: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  readonly curves?: readonly Curve[];
}

/** What one part of the suite measured. */
export type Measured = Omit<Section, "command">;

export interface Report {
  readonly format: "diffusion-cache/benchmarks";
  readonly version: 1;
  readonly machine: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly date: string;
  readonly sections: readonly Section[];
}

/** How long and how often, and on what: `quick` is for looking, not for publishing. */
export interface Effort {
  readonly quick: boolean;
  /** A backend that holds nothing yet. Who opens it disposes of it. */
  readonly open: () => Promise<Backend>;
  /** What parts of one size measure. */
  readonly size: Size;
}

/** What a part is asked for: one section, several, or none where something that it needs is not there. */
export type Part = (effort: Effort) => Promise<Measured | readonly Measured[] | undefined>;

const committed = new URL("report.json", import.meta.url).pathname;

/** Where parts go: into the committed report, or nowhere when they are only for looking, unless a place is named. */
export const placeOf = (out: string | undefined, quick: boolean): string | undefined =>
  out ?? (quick ? undefined : committed);

/** Measures parts one after another, prints each, and puts it into the report, if any, in place of what that said of it. */
export const record = async (
  out: string | undefined,
  parts: readonly { readonly command: string; readonly measure: () => ReturnType<Part> }[],
): Promise<void> => {
  const before: Partial<Report> = out && existsSync(out) ? JSON.parse(readFileSync(out, "utf8")) : {};
  const sections = new Map((before.sections ?? []).map((section) => [section.id, section]));
  for (const { command, measure } of parts) {
    const began = Date.now();
    for (const section of [(await measure()) ?? []].flat()) {
      sections.set(section.id, { ...section, command });
      const table = [section.columns, section.columns.map(() => "---"), ...section.rows];
      console.log(`\n## ${section.title}\n\n${section.says}\n`);
      console.log(table.map((row) => `| ${row.join(" | ")} |`).join("\n"));
    }
    console.log(`\n${((Date.now() - began) / 1000).toFixed(0)} s`);
    const report: Report = {
      format: "diffusion-cache/benchmarks",
      version: 1,
      machine: `${cpus().length} cores of ${cpus()[0]?.model ?? "an unknown processor"}`,
      versions: { "diffusion-cache": version, "onnxruntime-web": onnxruntimeVersion, node: process.versions.node },
      date: new Date().toISOString().slice(0, 10),
      sections: [...sections.values()],
    };
    if (out) writeFileSync(out, `${JSON.stringify(report, undefined, 1)}\n`);
  }
};

/** The parts that were asked for by name, or all; refuses names that are none. */
export const chosen = (only: string | undefined, names: readonly string[]): readonly string[] => {
  const asked = only?.split(",") ?? names;
  const wrong = asked.find((name) => !names.includes(name));
  if (wrong === undefined) return asked;
  console.error(`There is no part "${wrong}"; there are ${names.join(", ")}.`);
  process.exit(1);
};

type Way = () => Promise<unknown>;

/**
 * Times of several ways, run in turn and in another order each round, so that a slow minute of the machine hits them
 * alike. One uncounted round first.
 */
export const inTurn = async (ways: Readonly<Record<string, Way>>, rounds: number): Promise<Map<string, number[]>> => {
  const names = Object.keys(ways);
  const times = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = -1; round < rounds; round++)
    for (const index of names.keys()) {
      const name = names[(index + round + 1) % names.length] as string;
      const before = performance.now();
      await (ways[name] as Way)();
      if (round >= 0) times.get(name)?.push(performance.now() - before);
    }
  return times;
};

/** Median over the rounds of time over the base's time in the same round. */
export const ratioTo = (base: readonly number[], times: readonly number[]): number =>
  median(times.map((ms, round) => ms / (base[round] as number)));

export const spread = (times: readonly number[]): string =>
  `${median(times).toFixed(0)} (${Math.min(...times).toFixed(0)}–${Math.max(...times).toFixed(0)})`;

export const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(2);
