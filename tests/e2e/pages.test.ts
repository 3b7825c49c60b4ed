import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { violationsOf } from "./accessibility.js";
import { dist, firstViewBytes } from "./first-view.js";
import { layoutShift, openSite, type Site } from "./site.js";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.close());

/** All that holds of every page, asked in one visit each, two pages at a time. */
it("every page is accessible, light and dark, fits 360 px, opens without a complaint and with few bytes", async () => {
  expect(site.paths.length).toBeGreaterThan(0);
  const found: string[] = [];
  const look = async (path: string): Promise<void> => {
    const { page, complaints, asked } = await site.visit(path);
    const say = (text: string): void => void found.push(`${path} ${text}`);
    if (/^\/(guide|methods)\//.test(path)) {
      await page.waitForLoadState("networkidle");
      const bytes = firstViewBytes(asked);
      if (!(bytes > 10_000 && bytes < 100_000)) say(`has ${bytes} bytes, compressed, in its first view`);
    }
    for (const late of await page.locator('astro-island[client="visible"] section').all())
      await late.scrollIntoViewIfNeeded(); // its scripts come when the reader does
    await page.waitForFunction(() => !document.querySelector("main fieldset:disabled")); // its controls listen
    await page.setViewportSize({ width: 360, height: 800 });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    if (width > 360) say(`is ${width} px wide at 360`);
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.evaluate(() => {
      for (const details of document.querySelectorAll("details")) details.open = true;
    });
    for (const text of await violationsOf(page)) say(`light: ${text}`);
    await page.evaluate(() => {
      document.documentElement.dataset.theme = "dark";
    });
    // Colours are all that the other scheme changes.
    for (const text of await violationsOf(page, ["color-contrast", "link-in-text-block"])) say(`dark: ${text}`);
    for (const text of complaints) say(text);
    await page.context().close();
  };
  const waiting = [...site.paths];
  const worker = async (): Promise<void> => {
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) await look(path);
  };
  await Promise.all([worker(), worker()]);
  expect(found).toEqual([]);
}, 900_000);

it("a control is disabled until the page's scripts listen: what is typed or pressed before would be lost", async () => {
  const found: string[] = [];
  const { page } = await site.visit("/", { javaScriptEnabled: false });
  for (const path of site.paths) {
    await page.goto(site.address + path);
    const enabled = await page
      .locator("main :is(input, select, textarea, button):enabled:not(.expressive-code *)")
      .evaluateAll((controls) => controls.map(({ outerHTML }) => outerHTML));
    found.push(...enabled.map((control) => `${path} ${control}`));
  }
  expect(found).toEqual([]);
});

it("has files for machines, and a card for every page", async () => {
  const text = (file: string): string => readFileSync(`${dist}/${file}`, "utf8");
  expect(text("robots.txt")).toMatch(/^Sitemap: http.+\/sitemap-index\.xml$/m);
  const [short, full] = [text("llms.txt"), text("llms-full.txt")];
  for (const path of site.paths) {
    const html = text(`${path.slice(1)}index.html`);
    const [, title] = /<meta property="og:title" content="([^"]*)"/.exec(html) ?? [];
    const [, card] = /<meta property="og:image" content="([^"]*)"/.exec(html) ?? [];
    expect(title, path).toBeTruthy();
    expect(html).toContain('<link rel="canonical"');
    expect(
      readFileSync(dist + new URL(card as string).pathname)
        .subarray(1, 4)
        .toString(),
      path,
    ).toBe("PNG");
    expect(short, path).toContain(`${path})`);
    expect(full, path).toContain(path);
  }
  expect(full).toContain("Live example: examples/pyramid-attention-broadcast.ts");
  expect(full).toContain("export const methods = (options: PabOptions)");
});

const opened = ["/", "/plan/", "/methods/", "/methods/pyramid-attention-broadcast/", "/guide/speed-against-quality/"];

/** Where a page may stop for a while: in front of its content, shortly behind its beginning, in the middle. */
const cuts: readonly ((html: Buffer) => number)[] = [
  (html) => html.indexOf("sl-markdown-content") - 20,
  (html) => html.indexOf("sl-markdown-content") + 600,
  (html) => Math.round((html.indexOf("sl-markdown-content") + html.length) / 2),
];

it.each([...opened, "/reference/settings/"])(
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
