import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A line of the loss log, thinned out to a mean of several. */
export interface LossPoint {
  readonly clips: number;
  readonly loss: number;
}

/** A line of the adherence table: shares from 0 to 1. */
export interface AdherenceLine {
  readonly steps: number;
  readonly guidance: number;
  readonly background: number;
  readonly colour: number;
  readonly size: number;
  readonly shape: number;
  readonly motion: number;
  readonly all: number;
}

/** What the clips of a sheet of samples were asked for, in its order. */
export interface Samples {
  readonly steps: number;
  readonly guidance: number;
  readonly seed: number;
  readonly prompts: readonly string[];
  /** Of the weights that they were made with. */
  readonly trained_clips?: number;
}

/** What training/ keeps of a model: its log and its evaluation; read at build time. */
export interface TrainingRecord {
  readonly loss: readonly LossPoint[];
  readonly samples: Samples;
  readonly evaluation?: {
    readonly trained_clips: number;
    readonly prompts: number;
    readonly prompt_seed: number;
    readonly rendered: Readonly<Record<string, Readonly<Record<string, number>>>>;
    readonly lines: readonly AdherenceLine[];
  };
}

/** Names of what training/ keeps of each model: its log, and the sheet of samples with what was asked. */
export const kept = {
  "latte-motion-nano": { log: "nano", samples: "samples" },
  "flux-shapes-nano": { log: "flux-nano", samples: "samples-flux" },
} as const;

const folder = join(process.cwd(), "training");
const text = (file: string): string => readFileSync(join(folder, file), "utf8");

export const trainingRecord = (model: keyof typeof kept, points = 120): TrainingRecord => {
  const { log, samples } = kept[model];
  const [, ...lines] = text(`log/${log}.csv`).trim().split("\n");
  const rows = lines.map((line) => line.split(",").map(Number) as [number, number, number, number, number]);
  const size = Math.max(1, Math.ceil(rows.length / points));
  const loss = Array.from({ length: Math.ceil(rows.length / size) }, (_, index) => {
    const group = rows.slice(index * size, (index + 1) * size);
    return {
      clips: group.at(-1)?.[1] ?? 0,
      loss: group.reduce((sum, [, , , value]) => sum + value, 0) / group.length,
    };
  });
  const file = `log/adherence-${log}.json`;
  return {
    loss,
    samples: JSON.parse(text(`${samples}.json`)) as Samples,
    ...(existsSync(join(folder, file)) ? { evaluation: JSON.parse(text(file)) } : {}),
  };
};
