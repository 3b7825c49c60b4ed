import type { APIRoute } from "astro";
import { notices, shipped } from "../publish/third-party.js";

/** Whose code the site carries, with the texts of their licences. */
export const GET: APIRoute = () =>
  new Response(`${notices(shipped(process.cwd()))}\n`, { headers: { "content-type": "text/plain; charset=utf-8" } });
