import { expect, it } from "vitest";
import { layoutShift, openSite } from "./site.js";

const paths = ["/", "/plan/", "/methods/", "/methods/pyramid-attention-broadcast/", "/guide/speed-against-quality/"];

/** Where a page may stop for a while: in front of its content, shortly behind its beginning, in the middle. */
const cuts: readonly ((html: Buffer) => number)[] = [
  (html) => html.indexOf("sl-markdown-content") - 20,
  (html) => html.indexOf("sl-markdown-content") + 600,
  (html) => Math.round((html.indexOf("sl-markdown-content") + html.length) / 2),
];

it.each([...paths, "/reference/settings/"])(
  "%s does not move when its second piece comes after the first is drawn",
  async (path) => {
    const moved: number[] = [];
    for (const at of cuts) {
      let send = (): void => {};
      const until = new Promise<void>((resolve) => {
        send = resolve;
      });
      const site = await openSite({
        cut: (asked, html) => (asked === path ? { at: at(html), until } : undefined),
      });
      const { page } = await site.visit(path, { waitUntil: "commit" });
      await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
      send();
      await page.waitForLoadState("load");
      moved.push(await layoutShift(page));
      await site.close();
    }
    expect(Math.max(...moved), `at each cut: ${moved}`).toBeLessThan(0.02);
  },
  60_000,
);
