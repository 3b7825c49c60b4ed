import type { ConfigFields } from "./config-fields.js";
import type { Weights } from "./scheduler.js";

/** What a network of the variance-preserving kind predicts. */
export type PredictionType = "epsilon" | "sample" | "v_prediction";
export const predictionTypes: readonly PredictionType[] = ["epsilon", "sample", "v_prediction"];

/** x0 and ε as sums of sample and prediction, where the sample is signal · x0 + noise · ε. */
export const cleanAndNoise = (
  type: PredictionType,
  signal: number,
  noise: number,
): { readonly clean: Weights; readonly epsilon: Weights } =>
  ({
    epsilon: {
      clean: { sample: 1 / signal, prediction: -noise / signal },
      epsilon: { sample: 0, prediction: 1 },
    },
    sample: {
      clean: { sample: 0, prediction: 1 },
      epsilon: { sample: 1 / noise, prediction: -signal / noise },
    },
    v_prediction: {
      clean: { sample: signal, prediction: -noise },
      epsilon: { sample: noise, prediction: signal },
    },
  })[type];

/** `clip_sample` and its range: the bound of x0, if any. */
export const clampOf = (fields: ConfigFields, standard: boolean): number | undefined => {
  const clips = fields.flag("clip_sample", standard);
  const range = fields.numberIf(clips, "clip_sample_range", 1, (value) => value > 0, "above 0");
  return clips ? range : undefined;
};

/** x0 bounded, where there is a bound. */
export const bounded = (clean: Weights, clamp: number | undefined): Weights & { readonly clamp?: number } =>
  clamp === undefined ? clean : { ...clean, clamp };

/** sample · x + clean · x0 as a step: x0 stays apart only where it is bounded. */
export const folded = (clean: Weights, clamp: number | undefined, sample: number, ofClean: number) =>
  clamp === undefined
    ? { sample: sample + ofClean * clean.sample, prediction: ofClean * clean.prediction, clean: 0 }
    : { sample, prediction: 0, clean: ofClean };
