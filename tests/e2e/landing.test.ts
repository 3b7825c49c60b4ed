import { afterAll, beforeAll, expect, it } from "vitest";
import { violationsOf } from "./accessibility.js";
import { firstViewBytes, pictures } from "./first-view.js";
import { openSite, type Site } from "./site.js";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.close());

it("the first view is small, and its Run makes the recorded pair again in place", async () => {
  const { page, complaints, asked } = await site.visit("/");
  await page.waitForLoadState("networkidle");
  const bytes = firstViewBytes(asked, pictures);
  expect(bytes, [...asked].join("\n")).toBeGreaterThan(10_000);
  expect(bytes, [...asked].join("\n")).toBeLessThan(100_000);

  const hero = page.locator(".dc-hero");
  const computed = (run: string): Promise<number> => hero.locator(`[data-run=${run}] [data-cell=compute]`).count();
  const recorded = await computed("cached");
  expect(await computed("uncached")).toBeGreaterThan(recorded);
  await hero.locator(".dc-run").click();
  await hero
    .locator(".status [role=status]")
    .filter({ hasText: /^Done on WebAssembly/ })
    .waitFor({ timeout: 120_000 });
  expect(await computed("cached")).toBe(recorded);
  expect(await hero.locator(".note").textContent()).toMatch(/^The cached run reused \d+ of \d+ features/);
  for (const run of ["uncached", "cached"] as const) {
    const lit = await hero.locator(`[data-run=${run}] canvas`).evaluate((element) => {
      const { width, height } = element as HTMLCanvasElement;
      const { data } = (element as HTMLCanvasElement).getContext("2d")?.getImageData(0, 0, width, height) ?? {};
      return data?.some((value, at) => at % 4 === 0 && value > 100);
    });
    expect(lit).toBe(true);
  }
  expect(await violationsOf(page)).toEqual([]);
  expect(complaints).toEqual([]);
});

it("lists the pages beside every page but the first, which has them as a menu at 360 px", async () => {
  const { page } = await site.visit("/");
  const list = page.locator(".sidebar-pane");
  expect(await list.isVisible()).toBe(false);
  await page.setViewportSize({ width: 360, height: 800 });
  await page.getByRole("button", { name: "Menu" }).click();
  await list.getByRole("link", { name: "How caching works" }).waitFor();
  const { page: guide } = await site.visit("/guide/how-caching-works/");
  expect(await guide.locator(".sidebar-pane").isVisible()).toBe(true);
});
