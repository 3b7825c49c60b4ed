import { defineRouteMiddleware, type StarlightRouteData } from "@astrojs/starlight/route-data";

/** Every page names its card, so that a link to it shows one. */
export const onRequest = defineRouteMiddleware(({ locals, site }) => {
  const { entry, head } = (locals as { readonly starlightRoute: StarlightRouteData }).starlightRoute;
  const base = import.meta.env.BASE_URL.replace(/\/$/, "");
  const url = new URL(`${base}/cards/${entry.id || "index"}.png`, site).href;
  const alt = `${entry.data.title}: ${entry.data.description ?? ""}`;
  if (entry.id === "404") return;
  head.push(
    { tag: "meta", attrs: { property: "og:image", content: url } },
    { tag: "meta", attrs: { property: "og:image:width", content: "1200" } },
    { tag: "meta", attrs: { property: "og:image:height", content: "630" } },
    { tag: "meta", attrs: { property: "og:image:alt", content: alt } },
    { tag: "meta", attrs: { name: "twitter:image", content: url } },
  );
});
