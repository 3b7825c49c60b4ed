import { afterAll, beforeAll, expect, it } from "vitest";
import { violationsOf } from "../accessibility.js";
import { firstViewBytes } from "../first-view.js";
import { layoutShift, openSite, type Site } from "../site.js";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.close());

it("the gallery: few bytes, strips that come when they are near, filters, order, a swipe, and a link to the settings", async () => {
  const { page, complaints, asked } = await site.visit("/gallery/");
  await page.waitForLoadState("networkidle");
  expect(firstViewBytes(asked)).toBeLessThan(100_000);
  expect(await layoutShift(page)).toBeLessThan(0.02);
  const tiles = page.locator(".dc-gallery li");
  const all = await tiles.count();
  const sprites = () => [...asked].filter((path) => path.startsWith("/gallery/latte") && path.endsWith(".png")).length;
  expect(sprites()).toBeGreaterThan(2);
  expect(await page.locator(".dc-gallery li img").count()).toBeLessThan(2 * all); // the rest is not near
  const before = sprites();
  await tiles.last().scrollIntoViewIfNeeded();
  await tiles.last().locator("img").nth(1).waitFor();
  expect(sprites()).toBeGreaterThan(before);

  const ask = (name: string, value: string) => page.locator(`.dc-gallery [name=${name}]`).selectOption(value);
  const decibels = () =>
    tiles
      .locator(".figures")
      .evaluateAll((texts) =>
        texts.map(({ textContent }) => Number(/([\d.]+) dB/.exec(textContent ?? "")?.[1] ?? 1e9)),
      );
  await ask("order", "psnr");
  const sorted = await decibels();
  expect(sorted).toHaveLength(all);
  expect(sorted).toEqual(sorted.toSorted((a, b) => b - a));
  await ask("method", "fora");
  await ask("order", "method");
  await ask("prompt", "all");
  expect(await tiles.count()).toBe(6);
  expect(await page.locator(".dc-gallery [role=status]").textContent()).toBe(
    "6 strips of latte-motion-nano at 28 steps",
  );

  const swipe = page.locator(".dc-gallery [name=swipe]");
  await swipe.focus();
  for (let press = 0; press < 3; press++) await page.keyboard.press("PageUp");
  const cut = Number(await swipe.inputValue());
  expect(cut).toBeGreaterThan(0);
  const mask = await tiles
    .first()
    .locator(".cached")
    .evaluate((layer) => getComputedStyle(layer).maskImage);
  expect(mask).toContain("repeating-linear-gradient");
  expect(await page.locator(".dc-gallery output").textContent()).toBe(`left ${cut} % uncached`);
  expect(await violationsOf(page)).toEqual([]);
  await page.setViewportSize({ width: 360, height: 800 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);

  await page.setViewportSize({ width: 1280, height: 900 });
  const link = tiles.filter({ hasText: "gentle" }).nth(1).locator("a");
  await page.waitForFunction((one) => one?.getAttribute("href")?.includes("#settings="), await link.elementHandle());
  await link.focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/methods\/fora\/#settings=/);
  const bench = page.locator(".dc-workbench");
  await page.waitForFunction(() => (document.querySelector("[name=steps]") as HTMLInputElement | null)?.value === "28");
  expect(await bench.locator("[name=interval]").inputValue()).toBe("4");
  expect(await bench.locator("[name=seed]").inputValue()).toBe("12");
  expect(complaints).toEqual([]);
});
