import { EngineError } from "../errors.js";
import { allFinite } from "../tensor.js";
import { type DenoiseOptions, denoise } from "./denoise.js";

const notFinite = (why: string, hint: string): EngineError =>
  new EngineError("not-finite", `The run ended in values that are not numbers: ${why}.`, { hint });

/**
 * Where a run's first value that is no number comes from. Runs once more without a cache, and reads every sub-layer:
 * only a run that has failed pays for that.
 */
export const explainNotFinite = async (options: DenoiseOptions): Promise<EngineError> => {
  const { model, methods } = options;
  let first: string | undefined;
  const control = new AbortController();
  try {
    await denoise({
      ...options,
      methods: [],
      signal: AbortSignal.any([control.signal, ...(options.signal ? [options.signal] : [])]),
      observed: model.sites.all().map(({ id }) => model.tap(id)),
      observe({ step, branch, tap, data }) {
        if (first !== undefined || allFinite(data)) return;
        first = `${tap.id} gives the first, in step ${step} of the ${branch} branch`;
        control.abort();
      },
    });
  } catch (error) {
    if (!(error instanceof EngineError) || (error.code !== "not-finite" && error.code !== "stopped")) throw error;
    if (options.signal?.aborted) throw error;
    return first === undefined
      ? notFinite(
          "every sub-layer gives numbers, so the scheduler or the last projection does not",
          "Check the scheduler.",
        )
      : notFinite(first, "Check the weights and the inputs; a cache is not the cause.");
  }
  const names = methods.map(({ name }) => name).join(", ");
  return notFinite(
    `without a cache the same run has numbers only, so an estimate of ${names} grew without bound`,
    "Weaken the method's options: a lower order, a shorter interval, or more warm-up steps.",
  );
};
