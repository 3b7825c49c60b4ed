import type { APIRoute } from "astro";
import { allPages, pathOf } from "../page/all-pages.js";

/** The site's contents for language models (llmstxt.org): every page with its address and what it is about. */
export const GET: APIRoute = async ({ site }) => {
  const root = new URL(import.meta.env.BASE_URL, site).href.replace(/\/$/, "");
  const lines = (await allPages()).map((page) => {
    const { title, description = "" } = page.data;
    return `- [${title}](${root}${pathOf(page)}): ${description}`;
  });
  return new Response(
    `# diffusion-cache

> Caching methods for diffusion transformers, explained and run live in the page; and the engine under it, a TypeScript package.

Every page as one text, with programs and tables in place of the live parts: [llms-full.txt](${root}/llms-full.txt). Published figures as data: [published-numbers.json](${root}/published-numbers.json).

## Pages

${lines.join("\n")}
`,
    { headers: { "content-type": "text/plain; charset=utf-8" } },
  );
};
