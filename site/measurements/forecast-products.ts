import type { Calibration, Gram } from "diffusion-cache";

/** Products of the features of an uncached run at one place. */
export interface FeaturePlace {
  /** "blocks.0-8", "output". */
  readonly place: string;
  /** Of the run whose features are forecast. */
  readonly gram: Gram;
  /** Of other prompts, for weights that are fitted. */
  readonly fittedTo: Gram;
}

/** What forecasts are compared on: one run, at the places where methods keep what a whole step adds or predicts. */
export interface ForecastProducts {
  readonly prompts: readonly string[];
  /** How many other prompts weights are fitted to. */
  readonly fittedPrompts: number;
  readonly places: readonly FeaturePlace[];
}

type Measured = Pick<Calibration, "prompts" | "l2p">;

/**
 * Of a run, beside the products that the model carries, where both have as many steps. Places that have products of all
 * pairs of steps: the residual of all blocks, and the prediction.
 */
export const forecastProducts = (run: Measured, carried: Measured): ForecastProducts => ({
  prompts: run.prompts,
  fittedPrompts: carried.prompts.length,
  places: Object.entries(run.l2p?.grams ?? {}).flatMap(([place, gram]) => {
    const fittedTo = carried.l2p?.grams[place];
    return /^(blocks\.0-\d+|output)$/.test(place) && fittedTo?.length === gram.length
      ? [{ place, gram, fittedTo }]
      : [];
  }),
});
