import { starterZip } from "../publish/starter.js";

/** The starter project of content/docs/guide/in-your-project.mdx, made with the site. */
export const GET = async (): Promise<Response> =>
  new Response(await starterZip(), { headers: { "content-type": "application/zip" } });
