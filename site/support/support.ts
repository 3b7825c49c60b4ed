import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "astro/zod";

// What scripts/support-matrix.py found: a line that is not of this form is refused, not shown half.

/** The caches of a cell, in the order of the table; "seacache-callback" is SeaCache with latents handed to it. */
export const caches = [
  "pab",
  "fastercache",
  "cfgcache",
  "firstblockcache",
  "taylorseer",
  "taylorseer-lite",
  "magcache",
  "seacache",
  "seacache-callback",
  "dbcache",
] as const;
export type Cache = (typeof caches)[number];

/** Operations of the call that computed least, as a share of the first. */
const least = z.number().min(0).max(1);
const warns = z.array(z.string()).optional();
const cell = z.discriminatedUnion("state", [
  z.strictObject({ state: z.literal("raises"), at: z.string(), error: z.string() }),
  z.strictObject({ state: z.literal("not-run"), reason: z.string() }),
  /** Every call computed everything. */
  z.strictObject({ state: z.literal("nothing"), least, warns }),
  z.strictObject({ state: z.literal("reuses"), least, warns }),
  /** Reuses, and the output is not the uncached one though what was kept is exact. */
  z.strictObject({ state: z.literal("differs"), least, warns }),
]);
const cells = z.record(z.enum(caches), cell);

const schema = z.strictObject({
  versions: z.strictObject({ diffusers: z.string(), "cache-dit": z.string(), torch: z.string(), python: z.string() }),
  /** FLUX.1 outside a cache context, with one call a step and with two. */
  withoutContext: cells,
  withoutContextTwoCalls: cells,
  /** Wan in a context that does not say the step. */
  withoutStep: cells,
  /** FLUX.1 with two calls a step. */
  twoCalls: cells,
  /** Wan with a batch of one. */
  oneRow: cells,
  /** FLUX.1 from timestep 600 on. */
  startsLate: cells,
  classes: z.array(
    z.strictObject({
      name: z.string(),
      file: z.string(),
      stacks: z.array(z.strictObject({ block: z.string(), registered: z.boolean() })),
      cells,
    }),
  ),
  pipelines: z.array(
    z.strictObject({
      name: z.string(),
      file: z.string(),
      transformers: z.array(z.string()).min(1),
      enableCache: z.boolean(),
      context: z.boolean(),
      step: z.boolean(),
      currentTimestep: z.boolean(),
      /** Most calls of the transformer in a step. */
      calls: z.number().int().min(0),
      cacheDit: z.boolean(),
    }),
  ),
});

export type Cell = z.infer<typeof cell>;
export type Support = z.infer<typeof schema>;
export type SupportedPipeline = Support["pipelines"][number];

/** @throws ZodError naming the field that is not of the form */
export const supportFromJson = (json: unknown): Support => schema.parse(json);

export const support = supportFromJson(
  JSON.parse(readFileSync(join(process.cwd(), "site/support/diffusers.json"), "utf8")),
);
