import { EngineError } from "../../errors.js";
import { type ReadOptions, stopped } from "../source.js";
import { type Arrived, Interrupted, type TransferOptions, transfer } from "./transfer.js";

/** How often a download is tried, and how long it is waited for. */
export interface AttemptOptions extends Partial<TransferOptions> {
  /** Default 30 000. */
  readonly stallMs?: number;
  /** Attempts after the first one. Default 4. */
  readonly retries?: number;
  /** Wait before the second attempt; each further wait is twice as long, up to 8 s. Default 500. */
  readonly retryMs?: number;
}

/** A download that brings no byte for so long is interrupted. */
export const usualStallMs = 30_000;

/** Resolves after a while, or at once when the signal is aborted. */
const pause = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end);
    if (signal?.aborted) end();
  });

/** Attempts until one succeeds; between them ever longer waits. */
export const attempts = async <T>(
  where: string,
  { signal, onRetry }: ReadOptions,
  { retries = 4, retryMs = 500 }: AttemptOptions,
  make: () => Promise<T>,
): Promise<T> => {
  for (let attempt = 0; ; attempt++)
    try {
      return await make();
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      const { message: reason, cause, waitMs } = error;
      if (attempt === retries)
        throw new EngineError(
          "download-failed",
          `The download of ${where} failed${retries ? ` ${retries + 1} times` : ""}: ${reason}.`,
          { hint: "Check the connection, then try again; what has arrived is kept.", cause },
        );
      onRetry?.({ attempt: attempt + 2, attempts: retries + 1, reason });
      await pause(waitMs ?? Math.min(8000, retryMs * 2 ** attempt), signal);
      if (signal?.aborted) throw stopped(where);
    }
};

/** Attempts until the file is there. */
export const persist = (
  where: string,
  arrived: Arrived,
  options: ReadOptions,
  { stallMs = usualStallMs, explain, onAnswer, ...how }: AttemptOptions,
): Promise<void> =>
  attempts(where, options, how, () => transfer(where, arrived, options, { stallMs, explain, onAnswer }));
