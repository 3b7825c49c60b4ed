import type { MethodName } from "diffusion-cache";

/** A method as a reader's own network runs it first: what its paper or diffusers takes, nothing calibrated. */
export interface OwnChoice {
  readonly method: MethodName;
  readonly label: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Takes numbers of this network, which one uncached run measures before the two that are shown. */
  readonly calibrated?: "smoothcache";
}

export const ownChoices: readonly OwnChoice[] = [
  { method: "fora", label: "FORA, every third step", options: { interval: 3 } },
  { method: "taylorseer", label: "TaylorSeer, every fourth step", options: { cacheInterval: 4, maxOrder: 1 } },
  {
    method: "smoothcache",
    label: "SmoothCache, bound 0.18, measured first",
    options: { alpha: 0.18 },
    calibrated: "smoothcache",
  },
  { method: "firstblockcache", label: "First Block Cache, threshold 0.1", options: { threshold: 0.1 } },
  { method: "pab", label: "PAB, attention every second step", options: { spatialAttentionBlockSkipRange: 2 } },
];

/** How a panel begins that is made for one paper. */
export interface OwnStart {
  /** What the field for a name on the Hub says first. */
  readonly address: string;
  /** A choice beside the usual ones, and the first. */
  readonly choice: OwnChoice;
  readonly steps: number;
  readonly guidance: number;
}

/**
 * For a network whose files do not name its classes. Classes of ImageNet that DiT's own program shows, by their number there (sample.py of facebookresearch/DiT); 1000 is no
 * class.
 */
export const classes: readonly (readonly [label: number, name: string])[] = [
  [207, "golden retriever"],
  [360, "otter"],
  [387, "red panda"],
  [974, "geyser"],
  [88, "macaw"],
  [979, "valley"],
  [417, "balloon"],
  [279, "Arctic fox"],
];
