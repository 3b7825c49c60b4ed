import type { OwnStart } from "./choices.js";

/** What a paper's authors ran on DiT-XL/2 at 256², as a panel begins with it. */
export interface PaperSetting extends Omit<OwnStart, "address"> {
  /** Where the setting is from. */
  readonly source: { readonly title: string; readonly url: string };
  /** What differs, or is not said there. */
  readonly note: string;
}

/** The network of all three, in diffusers' layout. */
export const paperModel = "facebook/DiT-XL-2-256";

export const paperSettings = {
  fora: {
    choice: { method: "fora", label: "FORA, interval 3, as in its repository", options: { interval: 3 } },
    ...{ steps: 250, guidance: 1.5 },
    source: { title: "FORA's repository", url: "https://github.com/prathebaselva/FORA" },
    note: "Its command samples 250 DDIM steps at 512² with guidance 1.5 and a caching frequency of 3; this is the network for 256².",
  },
  taylorseer: {
    choice: {
      method: "taylorseer",
      label: "TaylorSeer, interval 4, order 1, 250 steps",
      options: { cacheInterval: 4, maxOrder: 1 },
    },
    ...{ steps: 250, guidance: 1.5 },
    source: { title: "hicache-plus-plus", url: "https://github.com/Archerkattri/hicache-plus-plus" },
    note: "The time below is of interval 4 and 250 steps; order and guidance are not said there, and are this panel's choice.",
  },
  smoothcache: {
    choice: {
      method: "smoothcache",
      label: "SmoothCache, bound 0.18, as in its paper",
      options: { alpha: 0.18 },
      calibrated: "smoothcache",
    },
    ...{ steps: 50, guidance: 1.5 },
    source: { title: "SmoothCache", url: "https://arxiv.org/abs/2411.10510" },
    note: "50 DDIM steps; the errors are measured first, here on one clip and not on many. Guidance 1.5 is DiT's own.",
  },
} as const satisfies Readonly<Record<string, PaperSetting>>;
