import { afterAll, beforeAll, expect, it } from "vitest";
import { violationsOf } from "./accessibility.js";
import { openSite, type Site } from "./site.js";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.close());

it.each(["light", "dark"] as const)(
  "is accessible on every page, %s",
  async (colorScheme) => {
    expect(site.paths.length).toBeGreaterThan(0);
    const found: string[] = [];
    for (const path of site.paths) {
      const { page } = await site.visit(path, { colorScheme });
      await page.evaluate(() => {
        for (const details of document.querySelectorAll("details")) details.open = true;
      });
      found.push(...(await violationsOf(page)).map((text) => `${path} ${text}`));
      await page.context().close();
    }
    expect(found).toEqual([]);
  },
  300_000,
);

it("never scrolls sideways at 360 px", async () => {
  const wide: string[] = [];
  for (const path of site.paths) {
    const { page } = await site.visit(path, { viewport: { width: 360, height: 800 } });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    if (width > 360) wide.push(`${path} is ${width} px wide`);
    await page.context().close();
  }
  expect(wide).toEqual([]);
}, 300_000);

it("opens every page without a complaint", async () => {
  const all: string[] = [];
  for (const path of site.paths) {
    const { page, complaints } = await site.visit(path);
    all.push(...complaints.map((text) => `${path}: ${text}`));
    await page.context().close();
  }
  expect(all).toEqual([]);
}, 300_000);
