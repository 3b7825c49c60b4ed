import { dryRun, pab, sitesOf } from "diffusion-cache";
import { afterAll, beforeAll, expect, it } from "vitest";
import network from "../../site/public/models/flux-shapes-nano/transformer/config.json" with { type: "json" };
import { exampleOf } from "./example.js";
import { openSite, type Site } from "./site.js";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.close());

it("the other model: its words and prompt, its rows in the grid, and a run that keeps to them", async () => {
  const { page, complaints } = await site.visit("/methods/pyramid-attention-broadcast/");
  const grid = exampleOf(page).part("grid");
  expect(await grid.textContent()).toContain("Temporal attention");
  await exampleOf(page).ready();
  await page.locator(".dc-workbench .dc-model select").selectOption("flux-shapes-nano");
  await expect.poll(() => grid.textContent()).not.toContain("Temporal attention");

  const example = exampleOf(page);
  expect(await page.locator(".dc-workbench .dc-model select").inputValue()).toBe("flux-shapes-nano");
  expect(await page.locator(".dc-workbench [name=prompt]").inputValue()).toBe(
    "a large red circle on a black background",
  );
  const words = await page.locator(".dc-workbench .chips option").allTextContents();
  expect(words.join()).toContain("triangle");
  expect(words.join()).not.toContain("orbiting");

  await example.knob("steps", 8);
  const ended = example.outcome();
  await example.run();
  const { cached, mean } = await ended;
  await example.says(/^Done/);
  expect(cached.model.name).toBe("flux-shapes-nano");
  expect(mean[0]).toBeGreaterThan(Math.max(mean[1], mean[2])); // red on black
  const methods = [pab(cached.methods[0]?.options)];
  const planned = dryRun({ methods, timesteps: cached.timesteps, sites: sitesOf(network) });
  expect(cached.sites.some(({ computed }) => computed.includes("0"))).toBe(true);
  for (const { site: id, computed } of cached.sites)
    expect(planned.find(({ site: one }) => one === id)?.computed, id).toBe(computed);
  expect(await example.part("frame").textContent()).toBe("frame 1 of 1");
  expect(await example.part("play").isDisabled()).toBe(true);
  await example.tab("Your code");
  expect(await example.part("snippet").textContent()).toContain('model: "/models/flux-shapes-nano"');
  expect(complaints).toEqual([]);
}, 240_000);

it("a model that has nothing a method keeps is not offered", async () => {
  const { page } = await site.visit("/methods/text-kv/");
  const other = page.locator(".dc-workbench .dc-model option[value=flux-shapes-nano]");
  expect(await other.isDisabled()).toBe(true);
});
