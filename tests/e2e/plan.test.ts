import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { violationsOf } from "./accessibility.js";
import { openSite, type Site, type Visit } from "./site.js";

// "Your model" as a reader uses it: nothing is loaded but the page.

let site: Site;
let visit: Visit;
let page: Page;
beforeAll(async () => {
  site = await openSite();
  visit = await site.visit("/plan/");
  ({ page } = visit);
  await page.locator(".picture svg").waitFor();
});
afterAll(() => site?.close());

const figure = (name: string) => page.locator(".figures div", { hasText: name }).locator("dd");

describe("the planner", () => {
  it("begins with a plan, its memory, and the published runs", async () => {
    expect(await figure("Ideal").textContent()).toContain("×");
    expect(await page.locator(".verdict").textContent()).toBe("fits 80 GiB");
    await page.locator("select[name=method]").selectOption("pab");
    await expect.poll(() => page.locator(".verdict").textContent()).toMatch(/does not fit, short by [\d.]+ GiB/);
    expect(visit.complaints).toEqual([]);
    expect([...visit.asked].filter((path) => /\.(wasm|safetensors|onnx)$/.test(path))).toEqual([]);
  });

  it("plans another model with another method, and says what it keeps", async () => {
    await page.locator("select[name=card]").selectOption("FLUX.1-dev");
    await page.locator("select[name=method]").selectOption("magcache");
    // One hidden tensor, image and text rows.
    await expect.poll(() => figure("Kept").textContent()).toContain("27 MiB");
    await page.locator("input[name=seconds]").fill("25");
    await page.locator("input[name=seconds]").blur();
    expect(await figure("Time").textContent()).toContain("from your uncached time");
  });

  it("refuses a size that does not divide in words, and keeps the last plan in view", async () => {
    await page.locator("input[name=width]").fill("1000");
    await page.locator("input[name=width]").blur();
    expect(await page.getByRole("alert").textContent()).toContain("The nearest are 992 and 1008.");
    await page.locator("input[name=width]").fill("1024");
    await page.locator("input[name=width]").blur();
    await expect.poll(() => page.getByRole("alert").count()).toBe(0);
  });

  it("writes a script for the model's pipeline, and finds settings for a wish", async () => {
    await page.getByRole("tab", { name: "Script" }).click();
    const code = (await page.locator(".planner [role=tabpanel] pre").first().textContent()) ?? "";
    expect(code).toContain('FluxPipeline.from_pretrained("black-forest-labs/FLUX.1-dev"');
    expect(code).toContain("num_inference_steps=28");
    await page.getByRole("tab", { name: "All methods" }).click();
    await page.getByRole("button", { name: "Find settings" }).click();
    await page.getByText(/\d+ settings; what runs in the pipeline first/).waitFor();
    await page.locator(".planner [role=tabpanel] tbody th button").first().click();
    expect(await page.locator("select[name=method]").inputValue()).not.toBe("none");
  });

  it("is in a link, and fits a telephone", async () => {
    const address = new URL(
      "/plan/#card=HunyuanVideo&width=960&height=544&frames=129&steps=30&method=mask&options=%7B%22every%22%3A2%7D&gpuGib=48",
      site.address,
    );
    const { page: small } = await site.visit(address.pathname + address.hash, {
      viewport: { width: 360, height: 800 },
    });
    await expect.poll(() => small.locator("select[name=card]").inputValue()).toBe("HunyuanVideo");
    expect(await small.locator("input[name=steps]").inputValue()).toBe("30");
    expect(await small.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await small.context().close();
  });

  it("has no barrier that axe finds, and tabs that arrows move", async () => {
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole("tab", { name: "All methods" }).focus();
    await page.keyboard.press("ArrowRight");
    expect(await page.getByRole("tab", { name: "Published runs" }).getAttribute("aria-selected")).toBe("true");
  });
});
