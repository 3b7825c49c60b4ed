import { expect } from "vitest";
import type { ErrorCode } from "../src/engine/error-codes.js";
import type { EngineError } from "../src/engine/errors.js";

/** The EngineError that `run` throws, with this code; anything else, or nothing, fails the test. */
export const engineError = (code: ErrorCode, run: () => unknown): EngineError => {
  let thrown: unknown;
  try {
    run();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ name: "EngineError", code });
  return thrown as EngineError;
};

/** The same for a promise. */
export const engineRejection = async (code: ErrorCode, promise: Promise<unknown>): Promise<EngineError> => {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  return engineError(code, () => {
    throw thrown;
  });
};
