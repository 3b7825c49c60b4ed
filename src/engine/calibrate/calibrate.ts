import type { Gram } from "../cache/fitted.js";
import type { Observed } from "../cache/pass.js";
import { EngineError } from "../errors.js";
import type { SiteKind } from "../method.js";
import { polyfit } from "../metrics/polyfit.js";
import { type Mean, mean, relativeL1 } from "../metrics/relative.js";
import type { Model } from "../models/model.js";
import type { CalibratedMethod } from "./calibration.js";
import { gramsCollector } from "./grams.js";
import { guidedPredictions } from "./guided-predictions.js";
import { jumpsCollector } from "./jumps.js";

/** How many steps ahead SmoothCache looks. */
const lookahead = 3;
const kinds = ["spatial-attention", "temporal-attention", "cross-attention", "feed-forward"] as const;

/** Mean over tokens of ‖a‖₂ / ‖b‖₂; a token is a row of `width` numbers. */
const tokenRatio = (a: Float32Array, b: Float32Array, width: number): number => {
  const norm = (data: Float32Array, from: number): number => Math.hypot(...data.subarray(from, from + width));
  let sum = 0;
  for (let from = 0; from < a.length; from += width) sum += norm(a, from) / (norm(b, from) + 1e-8);
  return sum / (a.length / width);
};

/**
 * Collects the values of uncached runs and makes of them the numbers that methods want:
 * - MagCache: per step, the mean over tokens of the residual's growth since the step before; the first is 1 (MagCache,
 *   arXiv:2506.09045, as diffusers' `calibrate` prints it);
 * - TeaCache: a polynomial of degree 4 from the modulated input's relative change to that of the last block's output,
 *   over all steps (arXiv:2411.19108);
 * - SmoothCache: per kind of sub-layer, the relative change over one to three steps (arXiv:2411.10510);
 * - DPCache: of the last block's output, the error of every line and every reuse (arXiv:2602.22654);
 * - MeanCache: of the prediction after guidance, the products of its steps (arXiv:2601.19961);
 * - L²P: of every place that keeps a feature, the products of its steps (arXiv:2604.26365).
 * All are means over prompts and branches.
 *
 * @param methods what numbers are asked for
 * @throws EngineError "input-invalid" for fewer than six steps where TeaCache's are among them
 */
export const calibrator = (
  methods: readonly CalibratedMethod[],
  { sites, tap }: Model,
  steps: number,
  guidance: number,
) => {
  if (steps < 6 && methods.includes("teacache"))
    throw new EngineError(
      "input-invalid",
      `${steps} steps are too few for TeaCache's polynomial, which has five coefficients.`,
      { hint: "Give 6 steps or more, or calibrate the other methods alone." },
    );
  const depth = sites.depth;
  const [input, residual, output] = ["modulated-input", `blocks.0-${depth}`, `hidden.${depth}`];
  const subLayers = new Map<string, SiteKind>(sites.all(...kinds).map(({ id, kind }) => [id, kind]));
  // Of these the products of all steps are kept; FirstBlockCache keeps what lies behind the first block.
  const wide = new Set([residual, ...(depth > 1 ? [`blocks.1-${depth}`] : []), "output"]);
  const taps = [...new Set([input, residual, output, ...wide, ...subLayers.keys()])].map((id) => tap(id));
  const grams = gramsCollector(steps, subLayers);
  const guided = gramsCollector(steps, new Map());
  const predictions = guidedPredictions(guidance, (step, data) => guided.observe("guided", "guided", step, data));
  const ratios = Array.from({ length: steps - 1 }, mean);
  const points: { x: number[]; y: number[] } = { x: [], y: [] };
  const errors = new Map<SiteKind, Mean[][]>();
  for (const kind of subLayers.values())
    errors.set(
      kind,
      Array.from({ length: Math.min(lookahead, steps - 1) }, (_, j) => Array.from({ length: steps - 1 - j }, mean)),
    );
  const jumps = jumpsCollector(steps);
  /** The last values of each tap of each branch, newest first. */
  const past = new Map<string, Float32Array[]>();

  return {
    taps,
    observe({ step, branch, tap: { id }, data, width }: Observed): void {
      const key = `${branch} ${id}`;
      if (step === 0) past.set(key, []);
      const before = past.get(key) as Float32Array[];
      const previous = before[0];
      if (previous && id === residual) ratios[step - 1]?.add(tokenRatio(data, previous, width));
      if (previous && id === input) points.x.push(relativeL1(data, previous));
      if (previous && id === output) points.y.push(relativeL1(data, previous));
      if (id === output) jumps.observe(branch, step, data);
      if (id === "output") predictions.observe(branch, step, data);
      if (wide.has(id) || subLayers.has(id)) grams.observe(branch, id, step, data);
      const kind = subLayers.get(id);
      if (kind)
        for (const [j, older] of before.entries()) errors.get(kind)?.[j]?.[step - 1 - j]?.add(relativeL1(older, data));
      past.set(key, [data, ...before].slice(0, kind ? lookahead : 1));
    },
    /** Of each method its options. */
    numbers: {
      magcache: () => ({ magRatios: [1, ...ratios.map((one) => one.value())] }),
      teacache: () => ({ coefficients: polyfit(points.x, points.y, 4) }),
      smoothcache: () => ({
        errors: Object.fromEntries(
          [...errors].map(([kind, rows]) => [kind, rows.map((row) => row.map((one) => one.value()))]),
        ),
      }),
      dpcache: () => ({ errors: jumps.errors() }),
      meancache: () => ({ products: guided.grams().guided as Gram }),
      l2p: () => ({ grams: grams.grams() }),
    } satisfies Record<CalibratedMethod, () => object>,
  };
};
