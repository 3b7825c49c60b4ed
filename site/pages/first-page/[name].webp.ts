import type { APIRoute } from "astro";
import sharp from "sharp";
import { heroExample } from "../../landing/recorded-hero.js";

/** The recorded clips of the first page, pixel by pixel those of their PNG files, in fewer bytes. */
export const getStaticPaths = () => ["uncached", "cached"].map((name) => ({ params: { name } }));

export const GET: APIRoute = async ({ params: { name } }) => {
  const file = sharp(`site/public/recorded/${heroExample}/${name}.png`);
  const webp = await file.webp({ lossless: true, effort: 6 }).toBuffer();
  return new Response(new Uint8Array(webp), { headers: { "content-type": "image/webp" } });
};
