import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "astro/zod";

// Settings that were published for a model, in the options of this engine's methods.

const source = z.strictObject({
  title: z.string().min(1),
  url: z.url({ protocol: /^https$/ }),
  /** Of the commit or the thread; of reading where neither has one. */
  date: z.string().regex(/^\d{4}(-\d{2}-\d{2})?$/),
});

const setting = z.strictObject({
  /** A method's name on the command line. */
  method: z.string().min(1),
  options: z.record(z.string(), z.unknown()),
  /** The number of steps that the setting was published for. */
  steps: z.number().int().min(1).optional(),
  remark: z.string().optional(),
  source,
});

const schema = z.strictObject({
  models: z.array(
    z.strictObject({
      model: z.string().min(1),
      /** A class of diffusers, where it has one. */
      pipeline: z.string().min(1).optional(),
      settings: z.array(setting).min(1),
    }),
  ),
});

export type Setting = z.infer<typeof setting>;
export type ModelSettings = z.infer<typeof schema>["models"][number];

/** @throws ZodError naming the field that is not of the form */
export const settingsFromJson = (json: unknown): readonly ModelSettings[] => schema.parse(json).models;

export const settings = settingsFromJson(
  JSON.parse(readFileSync(join(process.cwd(), "site/settings/settings.json"), "utf8")),
);

const lists: Readonly<Record<string, string>> = { coefficients: "coefficients", magRatios: "ratios" };

/** The options in words; long lists by their number. */
export const optionsText = (options: Setting["options"]): string =>
  Object.entries(options)
    .map(([name, value]) =>
      Array.isArray(value) && name in lists ? `${value.length} ${lists[name]}` : `${name} ${JSON.stringify(value)}`,
    )
    .join(", ");
