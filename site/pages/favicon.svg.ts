import { markShapes } from "../page/mark.js";

export const GET = (): Response =>
  new Response(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${markShapes()}</svg>\n`, {
    headers: { "content-type": "image/svg+xml" },
  });
