import { defineRouteMiddleware, type StarlightRouteData } from "@astrojs/starlight/route-data";

/** Parts that ask for all the width of the page, more than the column of text. */
const wide = [
  ...["example/Example", "compare/Compare", "gallery/Gallery", "pareto/Pareto", "table/TradeOffTable"],
  ...[
    "methods/AgnosticMatrix",
    "methods/ChoosingTable",
    "plane/Plane",
    "story/Story",
    "reference/AllPublished",
    "settings/SettingsTable",
    "support/SupportTable",
  ],
];

/**
 * Says in the head which layout a page has, by the parts that it imports. A page may be drawn before it has arrived whole:
 * a layout that waited for the part itself would move everything when it comes.
 */
export const onRequest = defineRouteMiddleware(({ locals }) => {
  const route = (locals as { readonly starlightRoute: StarlightRouteData }).starlightRoute;
  const { entry, head } = route;
  // The first page has the list of all pages too: as a menu on narrow screens.
  route.hasSidebar ||= entry.data.hero !== undefined;
  if (wide.some((part) => entry.body?.includes(`site/${part}.astro"`)))
    head.push({ tag: "meta", attrs: { name: "dc-layout", content: "breakout" } });
});
