import { EngineError } from "../errors.js";

/**
 * How many seconds a GPU or WebAssembly's threads may keep the ladder waiting, and a method in another thread a run. A
 * driver that hangs answers never, and an honest device that is refused is slower for the whole visit, so all are far
 * beyond what honest ones need: an adapter and a device take a part of a second, and so do threads; the self-test, which
 * is compiling shaders, 5 s on a software adapter that shares two cores with other work; a method, less than a millisecond.
 */
export const patienceSeconds = { device: 20, selfTest: 120, threads: 20, method: 60 } as const;

/** The cause of errors that tell of a GPU which gives no answer: it is not asked twice. */
export const silence = Symbol("silence");

export const silentGpu = (message: string): EngineError =>
  new EngineError("backend-missing", message, {
    hint: 'Restart the browser, or update the graphics driver. Or use the backend "auto" or "wasm".',
    cause: silence,
  });

interface Waiting<T> {
  readonly seconds: number;
  readonly silent: string;
  readonly late?: (answer: T) => void;
  readonly begun?: () => boolean;
  readonly refuse?: (message: string) => EngineError;
}

/**
 * What a GPU answers to what it was asked, if it answers in time. Seconds are counted one by one: a computer that slept
 * or a thread that was kept busy has used up one of them, and hears first what came meanwhile.
 *
 * @param silent says what gave no answer, in words that " for 20 s." ends
 * @param late takes an answer that comes after its time; an error that comes then is nobody's
 * @param begun whether a second counts already: a download that must come first takes what it takes
 * @throws EngineError what `refuse` makes; by default "backend-missing", caused by `silence`
 */
export const answerOf = async <T>(
  asked: Promise<T>,
  { seconds, silent, late = () => {}, begun = () => true, refuse = silentGpu }: Waiting<T>,
): Promise<T> => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const count = (left: number, end: (silent: typeof silence) => void): void => {
    timer = setTimeout(() => {
      if (begun()) left--;
      if (left > 0) count(left, end);
      else end(silence);
    }, 1000);
  };
  const counted = new Promise<typeof silence>((resolve) => count(seconds, resolve));
  const answer = await Promise.race([asked, counted]).finally(() => clearTimeout(timer));
  if (answer !== silence) return answer;
  asked.then(late, () => {});
  throw refuse(`${silent} for ${seconds} s.`);
};
