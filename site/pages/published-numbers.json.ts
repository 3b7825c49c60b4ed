import { methodNames, published } from "../reference/published.js";

/** The published figures as data, for those who want to chart them. */
export const GET = (): Response =>
  Response.json(
    published.map(({ method, source, ...row }) => ({
      method: methodNames[method as keyof typeof methodNames],
      ...row,
      source: { title: source.title, url: source.url },
    })),
  );
