import type { Observed } from "../cache/pass.js";
import { EngineError } from "../errors.js";
import type { SiteKind } from "../method.js";
import { mean, relativeL1 } from "../metrics/relative.js";
import type { Model } from "../models/model.js";

/** How far one sub-layer's output moves from each step to the next. */
export interface SiteChanges {
  /** Its id: the module path in diffusers. */
  readonly site: string;
  /** What it computes. */
  readonly kind: SiteKind;
  /** mean |now − before| / mean |before| for the steps 1, 2 …, mean over prompts and guidance branches. */
  readonly change: readonly number[];
}

/** What neighbouring steps of an uncached run have in common: PAB's observation (arXiv:2408.12588, section 2), as relative L1. */
export interface Changes {
  /** The model's name. */
  readonly model: string;
  /** In words. */
  readonly backend: string;
  /** Its class in diffusers. */
  readonly scheduler: string;
  /** Classifier-free guidance scale; 1 is none. */
  readonly guidance: number;
  /** One run each, with the seeds 0, 1, 2 … */
  readonly prompts: readonly string[];
  /** One per step, noise first: one more than there are changes. */
  readonly timesteps: readonly number[];
  /** Sub-layers in the order of execution; outputs are taken before the gate, as a cache keeps them. */
  readonly sites: readonly SiteChanges[];
}

/**
 * Collects the outputs of all sub-layers of uncached runs, holding one step of each branch.
 * @throws EngineError "input-invalid" for fewer than two steps
 */
export const changesCollector = ({ sites, tap }: Model, steps: number) => {
  if (steps < 2)
    throw new EngineError("input-invalid", "A run of one step has no neighbouring steps to compare.", {
      hint: "Give 2 steps or more.",
    });
  const rows = sites.all().map(({ id, kind }) => ({
    tap: tap(id),
    kind,
    change: Array.from({ length: steps - 1 }, mean),
  }));
  const before = new Map<string, Float32Array>();
  return {
    taps: rows.map((row) => row.tap),
    observe({ step, branch, tap: { id }, data }: Observed): void {
      const key = `${branch} ${id}`;
      const previous = before.get(key);
      const row = rows.find((one) => one.tap.id === id);
      if (step > 0 && previous) row?.change[step - 1]?.add(relativeL1(data, previous));
      before.set(key, data);
    },
    sites: (): readonly SiteChanges[] =>
      rows.map(({ tap: { id }, kind, change }) => ({ site: id, kind, change: change.map((one) => one.value()) })),
  };
};
