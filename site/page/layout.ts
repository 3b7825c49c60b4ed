import { defineRouteMiddleware, type StarlightRouteData } from "@astrojs/starlight/route-data";

/** Parts that ask more than the column of text, by the layout that gives it: all the width, or a wider column. */
const layouts = {
  breakout: [
    ...["example/Example", "pareto/Pareto"],
    ...["methods/ChoosingTable", "reference/AllPublished", "settings/SettingsTable", "support/SupportTable"],
  ],
  wide: ["table/TradeOffTable"],
};

/**
 * Says in the head which layout a page has, by the parts that it imports. A page may be drawn before it has arrived whole:
 * a layout that waited for the part itself would move everything when it comes.
 */
export const onRequest = defineRouteMiddleware(({ locals }) => {
  const { entry, head } = (locals as { readonly starlightRoute: StarlightRouteData }).starlightRoute;
  for (const [content, parts] of Object.entries(layouts))
    if (parts.some((part) => entry.body?.includes(`site/${part}.astro"`)))
      head.push({ tag: "meta", attrs: { name: "dc-layout", content } });
});
