import type { APIRoute } from "astro";
import { allPages, pathOf } from "../page/all-pages.js";
import { plainText } from "../page/plain-text.js";
import { spokenParts } from "../publish/spoken-parts.js";

/** Every page as one Markdown text, with words, programs and tables in place of the live parts. */
export const GET: APIRoute = async ({ site }) => {
  const root = new URL(import.meta.env.BASE_URL, site).href.replace(/\/$/, "");
  const texts = (await allPages()).map((page) => {
    const { title, description = "" } = page.data;
    const text = plainText(page.body ?? "", root, spokenParts);
    return `# ${title}\n\nSource: ${root}${pathOf(page)}\n\n${description}\n\n${text}\n`;
  });
  return new Response(texts.join("\n---\n\n"), { headers: { "content-type": "text/plain; charset=utf-8" } });
};
