import { EngineError, type ErrorCode } from "../src/engine/errors.js";

/** The EngineError that `run` throws, with this code; anything else, or nothing, fails the test. */
export const engineError = (code: ErrorCode, run: () => unknown): EngineError => {
  try {
    run();
  } catch (error) {
    if (error instanceof EngineError && error.code === code) return error;
    throw error;
  }
  throw new Error(`nothing was thrown; expected an EngineError "${code}"`);
};

/** The same for a promise. */
export const engineRejection = async (code: ErrorCode, promise: Promise<unknown>): Promise<EngineError> => {
  const settled = await promise.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  return engineError(code, () => {
    if (settled) throw settled.error;
  });
};
