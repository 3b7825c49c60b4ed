import { defineCollection } from "astro:content";
import { docsLoader } from "@astrojs/starlight/loaders";
import { docsSchema } from "@astrojs/starlight/schema";
import { z } from "astro/zod";

/** Method pages also say which paper they explain; a test compares it with the docstring and the example. */
const extend = z.object({
  paper: z.string().optional(),
  family: z.string().optional(),
});

export const collections = { docs: defineCollection({ loader: docsLoader(), schema: docsSchema({ extend }) }) };
