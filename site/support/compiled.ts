import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "astro/zod";
import { caches } from "./support.js";

/** What scripts/compile-check.py saw. */
const schema = z.strictObject({
  versions: z.strictObject({ diffusers: z.string(), "cache-dit": z.string(), torch: z.string() }),
  model: z.string(),
  rows: z.array(
    z.strictObject({
      cache: z.enum(["none", ...caches]),
      how: z.enum(["whole", "blocks"]),
      /** Of the linear layers of a computed step, those that ran in a compiled graph. */
      share: z.number().min(0).max(1),
      /** After six calls, half of them reused. */
      graphs: z.number().int().min(0),
      /** The error with fullgraph=True; null where it works. */
      fullgraph: z.string().nullable(),
    }),
  ),
});

export const compiled = schema.parse(
  JSON.parse(readFileSync(join(process.cwd(), "site/support/compile.json"), "utf8")),
);
