import type { APIRoute } from "astro";
import { knownTypes } from "../notebook/known-types.js";

/** What the editor completes: see knownTypes. */
export const GET: APIRoute = () =>
  new Response(JSON.stringify(knownTypes()), { headers: { "content-type": "application/json" } });
