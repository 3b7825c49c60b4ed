import { EngineError } from "../errors.js";

/**
 * How many seconds a GPU may keep the ladder waiting. A driver that hangs answers never, and an honest device that is
 * refused is slower for the whole visit, so both are far beyond what honest ones need: an adapter and a device take a
 * part of a second; the self-test, which is compiling shaders, 5 s on a software adapter that shares two cores with
 * other work.
 */
export const patienceSeconds = { device: 20, selfTest: 120 } as const;

/** The cause of errors that tell of a GPU which gives no answer: it is not asked twice. */
export const silence = Symbol("silence");

export const silentGpu = (message: string): EngineError =>
  new EngineError("backend-missing", message, {
    hint: 'Restart the browser, or update the graphics driver. Or use the backend "auto" or "wasm".',
    cause: silence,
  });

/**
 * What a GPU answers to what it was asked, if it answers in time. Seconds are counted one by one: a computer that slept
 * or a thread that was kept busy has used up one of them, and hears first what came meanwhile.
 *
 * @param silent says what gave no answer, in words that " for 20 s." ends
 * @param late takes an answer that comes after its time; an error that comes then is nobody's
 * @throws EngineError "backend-missing", caused by `silence`
 */
export const answerOf = async <T>(
  asked: Promise<T>,
  { seconds, silent, late = () => {} }: { seconds: number; silent: string; late?: (answer: T) => void },
): Promise<T> => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const count = (left: number, end: (silent: typeof silence) => void): void => {
    timer = setTimeout(() => (left > 1 ? count(left - 1, end) : end(silence)), 1000);
  };
  const counted = new Promise<typeof silence>((resolve) => count(seconds, resolve));
  const answer = await Promise.race([asked, counted]).finally(() => clearTimeout(timer));
  if (answer !== silence) return answer;
  asked.then(late, () => {});
  throw silentGpu(`${silent} for ${seconds} s.`);
};
