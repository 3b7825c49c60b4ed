import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { liveModels, type ModelName } from "./live-models.js";

/** A line of the loss log, thinned out to a mean of several. */
export interface LossPoint {
  readonly clips: number;
  readonly loss: number;
}

/** A line of the adherence table: beside steps and guidance, shares from 0 to 1 by the slot, and of all slots at once. */
export type AdherenceLine = Readonly<Record<string, number>> & {
  readonly steps: number;
  readonly guidance: number;
  readonly all: number;
};

/** What the clips of a sheet of samples were asked for, in its order. */
export interface Samples {
  readonly steps: number;
  readonly guidance: number;
  /** Of the noise of all clips; of several, one for each. */
  readonly seed: number | readonly number[];
  readonly prompts: readonly string[];
  /** Of the weights that they were made with. */
  readonly trained_clips?: number;
}

/** What training/ keeps of a model: its log and its evaluation; read at build time. */
export interface TrainingRecord {
  readonly loss: readonly LossPoint[];
  /** Name of the sheet of samples in training/. */
  readonly sheet: string;
  readonly samples: Samples;
  readonly evaluation?: {
    readonly trained_clips: number;
    readonly prompts: number;
    readonly prompt_seed: number;
    readonly rendered: Readonly<Record<string, Readonly<Record<string, number>>>>;
    readonly lines: readonly AdherenceLine[];
  };
}

const folder = join(process.cwd(), "training");
const text = (file: string): string => readFileSync(join(folder, file), "utf8");

export const trainingRecord = (model: ModelName, points = 120): TrainingRecord => {
  const { log, samples } = liveModels.find(({ name }) => name === model) ?? liveModels[0];
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
    sheet: samples,
    samples: JSON.parse(text(samples.replace(/\.\w+$/, ".json"))) as Samples,
    ...(existsSync(join(folder, file)) ? { evaluation: JSON.parse(text(file)) } : {}),
  };
};
