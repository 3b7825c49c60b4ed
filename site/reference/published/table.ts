// How published numbers are written down: a source, its uncached runs, and what each method did beside them.

/** Judged alone: VBench (%), CLIP score, ImageReward, FID. Against the uncached output of the same seed: PSNR (dB), SSIM, LPIPS. */
export interface Judged {
  readonly psnr?: number;
  readonly ssim?: number;
  readonly lpips?: number;
  readonly vbench?: number;
  readonly clip?: number;
  readonly imageReward?: number;
  readonly fid?: number;
}

/** What a source says of one run. */
export interface Run extends Judged {
  readonly seconds?: number;
  /** Peak memory of the device in GiB. */
  readonly gib?: number;
  /** The same in "GB" where the source does not say of what size. */
  readonly gb?: number;
}

export interface CachedRun extends Run {
  /** A name of `methodNames`. */
  readonly method: string;
  /** The setting of the method: "slow", "threshold 0.1". */
  readonly at?: string;
  /** Speed-up in time where the source gives it; otherwise it is the ratio of its two times. */
  readonly speedup?: number;
  /** Speed-up in floating-point operations, which is not time. */
  readonly flops?: number;
}

/** One model and setting without a cache, and the methods on it. */
export interface Group {
  readonly model: string;
  readonly setting?: string;
  /** Where it differs from the source's. */
  readonly device?: string;
  /** Why the times cannot be what they are called: the share of the device's peak that they would need. */
  readonly doubt?: string;
  readonly base?: Run;
  readonly runs: readonly CachedRun[];
}

export interface Source {
  readonly title: string;
  readonly url: string;
  readonly device?: string;
  /** The methods of the source's own authors: their rows tend to be the best of the table. */
  readonly own?: readonly string[];
  readonly note?: string;
  readonly groups: readonly Group[];
}
