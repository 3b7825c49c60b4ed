import { afterAll, beforeAll, expect, it } from "vitest";
import { openSite, type Site } from "./site.js";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.close());

it("a guide shows a recorded measurement, measures the same here, and keeps apart what belongs to which model", async () => {
  const { page, complaints } = await site.visit("/guide/why-steps-look-alike/");
  const panel = page.locator("dc-measurement");
  const source = panel.locator("[data-part=source]");
  const sentence = panel.locator("[data-part=sentence]");
  expect(await source.textContent()).toMatch(/^\s*Recorded with latte-motion-nano on WebAssembly/);
  await panel.scrollIntoViewIfNeeded();
  const rows = panel.locator(".dc-chart").first().locator("tbody tr");
  await expect.poll(() => rows.count()).toBe(20);
  const recorded = await sentence.textContent();
  expect(recorded).toMatch(/by \d+(\.\d)? % on average for cross-attention, which changes least/);

  await panel.locator("select").selectOption("flux-shapes-nano");
  await source.filter({ hasText: "Recorded with flux-shapes-nano" }).waitFor();
  await panel.locator("[data-part=measure]").click();
  await source.filter({ hasText: "Measured with flux-shapes-nano on your device" }).waitFor({ timeout: 120_000 });
  await expect.poll(() => rows.count()).toBe(14);
  expect(await rows.first().locator("td").count()).toBe(20); // the layer, and 19 changes of 20 steps
  expect(await sentence.textContent()).not.toBe(recorded);
  await panel.locator("[data-part=status]").filter({ hasText: "Done on" }).waitFor();

  await panel.locator("select").selectOption("latte-motion-nano");
  await source.filter({ hasText: "Recorded with latte-motion-nano" }).waitFor();
  await expect.poll(() => sentence.textContent()).toBe(recorded);
  expect(complaints).toEqual([]);
});
