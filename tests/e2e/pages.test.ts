import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { violationsOf } from "./accessibility.js";
import { dist, firstViewBytes } from "./first-view.js";
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
      // Colours are all that the other scheme changes.
      const rules = colorScheme === "dark" ? ["color-contrast", "link-in-text-block"] : undefined;
      found.push(...(await violationsOf(page, rules)).map((text) => `${path} ${text}`));
      await page.context().close();
    }
    expect(found).toEqual([]);
  },
  900_000,
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
}, 600_000);

it("opens every page without a complaint, and guides and methods with less than 100 kB, compressed", async () => {
  const complaining: string[] = [];
  const heavy: string[] = [];
  for (const path of site.paths) {
    const { page, complaints, asked } = await site.visit(path);
    if (/^\/(guide|methods)\//.test(path)) {
      await page.waitForLoadState("networkidle");
      const bytes = firstViewBytes(asked);
      if (bytes > 100_000) heavy.push(`${path} has ${bytes} bytes`);
      expect(bytes, path).toBeGreaterThan(10_000);
    }
    complaining.push(...complaints.map((text) => `${path}: ${text}`));
    await page.context().close();
  }
  expect(complaining).toEqual([]);
  expect(heavy).toEqual([]);
}, 400_000);

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
