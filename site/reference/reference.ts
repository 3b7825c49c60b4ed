import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AstroIntegration } from "astro";
import { apiPages, type Generated, placeIn } from "./api-pages.ts";
import { readApi, readErrorCodes } from "./api-read.ts";
import { errorPage } from "./error-page.ts";

/** The pages of the reference that come from the sources: the API and the error codes. */
export const referencePages = (root: string, base = "/"): readonly Generated[] => {
  const entries = readApi(root);
  // Markdown links get the base when the page is rendered.
  return [...apiPages(entries, base), errorPage(readErrorCodes(root), entries, placeIn(entries, "/"))];
};

/** Writes them into content/docs before every build; git does not keep them. */
export const reference = (base: string): AstroIntegration => ({
  name: "reference",
  hooks: {
    "astro:config:setup": () => {
      const root = fileURLToPath(new URL("../..", import.meta.url));
      for (const { path, markdown } of referencePages(root, base)) {
        const file = join(root, `content/docs/${path}.md`);
        mkdirSync(dirname(file), { recursive: true });
        if (contentOf(file) !== markdown) writeFileSync(file, markdown);
      }
    },
  },
});

const contentOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
};
