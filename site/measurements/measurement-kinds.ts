import { type Changes, type Engine, type Profile, type Progress, sitesOf } from "diffusion-cache";
import type { Chart } from "../charts/chart.js";
import { profileOf } from "../device/engines.js";
import type { Checkpoint } from "../model/models.js";
import { changesInWords } from "./change-curves.js";
import { type ForecastChoice, forecastsInWords } from "./forecast-choice.js";
import { type ForecastProducts, forecastProducts } from "./forecast-products.js";
import { profileInWords } from "./shares.js";

/** What is kept of a model, and what a reader's device measures again. */
export interface Measured {
  /** Backend and processor. */
  readonly on: string;
  readonly changes: Changes;
  readonly profile: Profile;
  readonly forecasts: ForecastProducts;
}

export type Kind = "changes" | "profile" | "forecasts";

/** What a page has of a model: where it was measured, and one kind of numbers. */
export type MeasuredKind = Pick<Measured, "on"> & Partial<Pick<Measured, Kind>>;

/** How each kind is measured on the page's engine, said in words, and drawn; with its charts the plotting library is loaded. */
interface KindOf<Value> {
  measure(engine: Engine, signal: AbortSignal, onProgress: (progress: Progress) => void): Promise<Value>;
  inWords(value: Value, network: object, choice: ForecastChoice): string;
  charts(value: Value, network: object, choice: ForecastChoice): Promise<readonly Chart[]>;
}

const kinds: { readonly [K in Kind]: KindOf<Measured[K]> } = {
  changes: {
    measure: (engine, signal, onProgress) => engine.changes({ signal, onProgress }),
    inWords: changesInWords,
    charts: async (value) => (await import("./changes-chart.js")).changeCharts(value),
  },
  profile: {
    measure: (engine, signal) => profileOf(engine, signal),
    inWords: (value, network) => profileInWords(value, sitesOf(network)),
    charts: async (value, network) => (await import("./shares-chart.js")).profileCharts(value, sitesOf(network)),
  },
  forecasts: {
    async measure(engine, signal, onProgress) {
      const run = await engine.calibrate({ methods: ["l2p"], signal, onProgress });
      return forecastProducts(run, engine.model.calibration ?? run);
    },
    inWords: (value, _, choice) => forecastsInWords(value, choice),
    charts: async (value, _, choice) => (await import("./forecast-chart.js")).forecastCharts(value, choice),
  },
};

/** Measures one kind of thing on the page's engine. */
export const measure = (
  kind: Kind,
  ...given: Parameters<KindOf<unknown>["measure"]>
): Promise<Pick<Measured, Kind>[Kind]> => kinds[kind].measure(...given);

/** What a reader sees of a measurement. */
interface Shown {
  readonly measured: MeasuredKind;
  readonly network: Checkpoint["network"];
  readonly choice: ForecastChoice;
}

/** What was measured, in words. */
export const inWords = (kind: Kind, { measured, network, choice }: Shown): string => {
  const { inWords } = kinds[kind] as KindOf<unknown>;
  return inWords(measured[kind], network, choice);
};

/** What was measured, as charts. */
export const chartsOf = async (kind: Kind, { measured, network, choice }: Shown): Promise<readonly Chart[]> => {
  const { charts } = kinds[kind] as KindOf<unknown>;
  return charts(measured[kind], network, choice);
};
