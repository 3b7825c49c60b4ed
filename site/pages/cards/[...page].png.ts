import type { APIRoute, GetStaticPaths } from "astro";
import sharp from "sharp";
import { allPages } from "../../page/all-pages.js";
import { cardSvg } from "../../publish/social-card.js";

/** A picture for each page, which links to it show: title, what it is about, and a decision grid. */
export const getStaticPaths: GetStaticPaths = async () =>
  (await allPages()).map(({ id, data: { title, description = "" } }) => ({
    params: { page: id || "index" },
    props: { title, description, method: id.startsWith("methods/") ? id.slice("methods/".length) : undefined },
  }));

export const GET: APIRoute = async ({ props }) => {
  const { title, description, method } = props as { title: string; description: string; method?: string };
  const png = await sharp(Buffer.from(cardSvg({ title, description, method })))
    .png({ palette: true, compressionLevel: 9 })
    .toBuffer();
  return new Response(new Uint8Array(png), { headers: { "content-type": "image/png" } });
};
