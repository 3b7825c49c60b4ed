/** A setting that was recorded. */
export interface Recorded {
  /** The option and its value. */
  readonly setting: string;
  readonly speedUp: number;
  /** PSNR in dB of the worst clip against the uncached one; infinite without a cache. */
  readonly psnr: number;
  readonly cacheBytes: number;
  /** A 1 for each step in which something that is kept is computed. */
  readonly computed: string;
}

/** A place where a method keeps, and its recorded settings, from little reuse to much. */
export interface Kept {
  readonly name: string;
  readonly title: string;
  readonly keeps: string;
  readonly settings: readonly Recorded[];
}

/** What a check says. */
export interface Answer {
  readonly right: boolean;
  readonly words: string;
}

export const times = (speedUp: number): string => `${speedUp.toFixed(2)}×`;
export const decibels = (psnr: number): string => (Number.isFinite(psnr) ? `${psnr.toFixed(1)} dB` : "no damage");

/** At least twice as fast, with a PSNR of at least 35 dB. */
export const fastAndGood = ({ speedUp, psnr }: Recorded): Answer => {
  const measured = `${times(speedUp)} at ${decibels(psnr)}`;
  if (speedUp >= 2 && psnr >= 35) return { right: true, words: `Yes: ${measured}.` };
  if (speedUp < 2) return { right: false, words: `Not yet: ${measured}. Reuse more.` };
  return { right: false, words: `Too much: ${measured}. Reuse less, or keep something else.` };
};

const most = 2 ** 20;

/** At least 1.5 times as fast, with less than 1 MiB of cache. */
export const fastAndSmall = ({ speedUp, cacheBytes }: Recorded): Answer => {
  const memory = `${(cacheBytes / most).toFixed(2)} MiB`;
  if (cacheBytes >= most)
    return {
      right: false,
      words: `No: ${memory}. How often it is reused changes nothing in that; keep something else.`,
    };
  if (speedUp < 1.5)
    return { right: false, words: `${memory} is little, but the run is only ${times(speedUp)} as fast.` };
  return { right: true, words: `Yes: ${memory}, and ${times(speedUp)} as fast.` };
};

/**
 * Which step must not be skipped, 1-based, by what the step before loses when it is used again.
 * @param losses of step 2 on
 */
export const dearest = (losses: readonly number[], step: number): Answer => {
  const loss = losses[step - 2] as number;
  const rank = losses.filter((other) => other > loss).length;
  const said = `Step ${step}, taken over from step ${step - 1}, is off by ${loss.toFixed(2)}`;
  if (rank === 0)
    return {
      right: true,
      words: `Yes: ${said.replace("Step", "step")}, more than any other. Here noise decides what the clip shows.`,
    };
  return { right: false, words: `${said}; ${rank === 1 ? "one step loses" : `${rank} steps lose`} more.` };
};
