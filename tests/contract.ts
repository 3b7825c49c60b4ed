import { expect } from "vitest";
import { dryRun, type PlannedSite } from "../src/engine/cache/dry-run.js";
import type { CacheMethod, SiteKind } from "../src/engine/method.js";
import { schedulerFromConfig } from "../src/engine/schedulers/index.js";

/** 951, 901 … 1 at 20 steps: the timesteps of diffusers' golden masks. */
export const leading = (steps: number): readonly number[] =>
  schedulerFromConfig({ _class_name: "DDIMScheduler", timestep_spacing: "leading", steps_offset: 1 }, steps).timesteps;

/** The mask of the first site of a kind in a planned run. */
export const maskOf = (planned: readonly PlannedSite[], kind: SiteKind): string => {
  const found = planned.find((site) => site.kind === kind);
  if (!found) throw new Error(`no ${kind} in the plan`);
  return found.computed;
};

/** The mask of a method on a Latte of one layer. */
export const mask = (method: CacheMethod, kind: SiteKind, steps = 20): string =>
  maskOf(dryRun({ methods: [method], timesteps: leading(steps) }), kind);

/** The rows of a plan as a grid for inline snapshots: # computed, · not. */
export const grid = (method: CacheMethod, steps = 20): string =>
  dryRun({ methods: [method], timesteps: leading(steps) })
    .map(({ computed, site }) => `${computed.replaceAll("1", "#").replaceAll("0", "·")} ${site}`)
    .join("\n");

/** What every method that decides by step owes: the same plan twice, and nothing shared between two runs. */
export const expectContract = (method: CacheMethod): void => {
  expect(grid(method)).toBe(grid(method));
  expect(JSON.parse(JSON.stringify(method.options))).toEqual(method.options);
};
