import { type CacheMethod, compute, reuse } from "../../method.js";
import { checks, knownOptions } from "../options.js";

/** Options of {@link fora}. */
export interface ForaOptions {
  /** Compute 1 step of this many. Default: 3. */
  readonly interval?: number;
}

/**
 * FORA (arXiv:2407.01425): every attention and feed-forward output is computed in one step of `interval` and reused,
 * before its gate, in the others. The first step is computed; the phase counts from the end, so the last one is too.
 *
 * The smallest method there is, and the one to copy for a new one.
 *
 * @throws EngineError "option-unknown", "option-invalid"
 */
export const fora = (options: ForaOptions = {}): CacheMethod => {
  knownOptions("fora", options, ["interval"]);
  const { interval = 3 } = options;
  checks("fora").whole("interval", interval, 1);
  return {
    name: "fora",
    source: "arXiv:2407.01425",
    options: { interval },
    sites: (model) => model.all("spatial-attention", "temporal-attention", "cross-attention", "feed-forward"),
    start:
      () =>
      ({ step, steps }) =>
        step === 0 || (steps - 1 - step) % interval === 0 ? compute : reuse,
  };
};
