import { afterAll, beforeAll, expect, it } from "vitest";
import { openSite, type Site } from "./site.js";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.close());

it("a guide shows a recorded measurement, measures the same here, and keeps apart what belongs to which model", async () => {
  const { page, complaints } = await site.visit("/guide/why-steps-look-alike/");
  const panel = page.locator(".dc-measurement");
  const source = panel.locator(".source");
  const sentence = panel.locator(".dc-sentence");
  expect(await source.textContent()).toMatch(/^\s*Recorded with latte-motion-nano on WebAssembly/);
  await panel.scrollIntoViewIfNeeded();
  const rows = panel.locator(".dc-chart").first().locator("tbody tr");
  await expect.poll(() => rows.count()).toBe(20);
  const recorded = await sentence.textContent();
  expect(recorded).toMatch(/by \d+(\.\d)? % on average for cross-attention, which changes least/);

  await panel.locator(".dc-model select").selectOption("flux-shapes-nano");
  await source.filter({ hasText: "Recorded with flux-shapes-nano" }).waitFor();
  await panel.locator(".dc-run").click();
  await source.filter({ hasText: "Measured with flux-shapes-nano on your device" }).waitFor({ timeout: 120_000 });
  await expect.poll(() => rows.count()).toBe(14);
  expect(await rows.first().locator("td").count()).toBe(20); // the layer, and 19 changes of 20 steps
  expect(await sentence.textContent()).not.toBe(recorded);
  await panel.locator(".dc-status p").filter({ hasText: "Done on" }).waitFor();

  await panel.locator(".dc-model select").selectOption("latte-motion-nano");
  await source.filter({ hasText: "Recorded with latte-motion-nano" }).waitFor();
  await expect.poll(() => sentence.textContent()).toBe(recorded);
  expect(complaints).toEqual([]);
});

it("forecasts are compared on a recorded run, follow the controls without a run, and are measured again here", async () => {
  const { page, complaints } = await site.visit("/guide/seen-in-two-dimensions/");
  const panel = page.locator('.dc-measurement[data-kind="forecasts"]');
  const sentence = panel.locator(".dc-sentence");
  expect(await sentence.textContent()).toMatch(/12 of 20 steps are skipped\. Fitted comes closest/);
  await panel.scrollIntoViewIfNeeded();
  const rows = panel.locator(".dc-chart").first().locator("tbody tr");
  await expect.poll(() => rows.count()).toBe(12);
  await panel.locator("[name=every]").fill("2");
  await sentence.filter({ hasText: "9 of 20 steps are skipped" }).waitFor();
  await expect.poll(() => rows.count()).toBe(9);
  await panel.locator("[name=place]").selectOption("The prediction");
  await panel.locator(".dc-model select").selectOption("flux-shapes-nano");
  const source = panel.locator(".source");
  await source.filter({ hasText: "Recorded with flux-shapes-nano" }).waitFor();
  const recorded = await sentence.textContent();
  await panel.locator(".dc-run").click();
  await source.filter({ hasText: "Measured with flux-shapes-nano on your device" }).waitFor({ timeout: 120_000 });
  expect(await sentence.textContent()).toBe(recorded); // the same prompt, seed and network
  expect(complaints).toEqual([]);
});

it("a picture shows where a method acts, follows method, model and options, and needs nothing of the engine", async () => {
  const { page, complaints } = await site.visit("/guide/what-is-cached-where/");
  const panel = page.locator(".dc-cached-where");
  const lit = (role: string) => panel.locator(`rect.${role}.lit`);
  const sentence = panel.locator(".dc-sentence");
  expect(await lit("cell").count()).toBe(12);
  await panel.locator("[name=method]").selectOption("db-cache");
  await sentence.filter({ hasText: "DBCache keeps what blocks 2 to 8 add" }).waitFor();
  expect(await lit("cell").count()).toBe(0);
  await panel.locator('[name="fnComputeBlocks"]').fill("3");
  await sentence.filter({ hasText: "blocks 4 to 8" }).waitFor();
  expect(await lit("block").count()).toBe(5);
  await panel.locator("[name=method]").selectOption("text-kv");
  await sentence.filter({ hasText: "keys and values" }).waitFor();
  expect(await lit("chip").count()).toBe(4);
  await panel.locator(".dc-model select").selectOption("flux-shapes-nano");
  await sentence.filter({ hasText: "flux-shapes-nano has nothing" }).waitFor();
  const loaded = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
  expect(loaded.filter((name) => /ort[.-]|\.wasm|server-|safetensors/.test(name))).toEqual([]);
  expect(complaints).toEqual([]);
});

it("a flow in the plane plays, follows its controls and needs no runtime", async () => {
  const { page, complaints } = await site.visit("/guide/seen-in-two-dimensions/");
  const panel = page.locator(".dc-plane");
  const said = panel.locator(".said");
  const ends = () => panel.locator("[data-end]").allTextContents();
  const time = panel.locator("[name=time]");
  await time.fill("0");
  await said.filter({ hasText: "Step 1 of 16: computed." }).waitFor();
  await time.press("ArrowRight");
  await said.filter({ hasText: "Step 2 of 16: skipped." }).waitFor();
  const before = await ends();
  await panel.locator("[name=width]").fill("0.8");
  await expect.poll(ends).not.toEqual(before);
  await panel.locator("[name=steps]").fill("6");
  await panel.getByRole("button", { name: "Play" }).click();
  await said.filter({ hasText: "All 6 steps are done." }).waitFor();
  await panel.getByRole("button", { name: "Play" }).waitFor();
  await panel.locator("[name=interval]").fill("1");
  await expect.poll(ends).toEqual(Array(7).fill("0.000"));
  const loaded = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
  expect(loaded.filter((name) => /ort[.-]|\.wasm|server-|safetensors/.test(name))).toEqual([]);
  expect(complaints).toEqual([]);
});

it("the first guide follows the reader, zooms by its buttons, and checks its exercises, without the engine", async () => {
  const { page, complaints } = await site.visit("/guide/how-caching-works/", { reducedMotion: "reduce" });
  const picture = page.locator(".dc-story .seen svg[data-scene]");
  const scene = () => picture.getAttribute("data-scene");
  expect(await scene()).toBe("run");
  const read = async (name: string): Promise<void> => {
    await page
      .locator(`.dc-story .text [data-scene=${name}] h2`)
      .evaluate((one) => one.scrollIntoView({ block: "center" }));
    await expect.poll(scene).toBe(name);
  };
  await page.getByRole("button", { name: "Next scene" }).click();
  await expect.poll(scene).not.toBe("run");
  for (const name of ["blocks", "sub-layers", "reuse"]) await read(name);
  expect(await picture.locator("rect.cell.reused").count()).toBe(12);
  await read("step");

  const panel = page.locator(".dc-reuse-more");
  const checks = panel.getByRole("button", { name: "Check" });
  const said = panel.locator(".check output");
  await panel.locator("[name=more]").fill("2"); // FORA, interval 3
  await checks.nth(0).click();
  await said.nth(0).filter({ hasText: "Yes" }).waitFor();
  await checks.nth(1).click();
  await said.nth(1).filter({ hasText: "keep something else" }).waitFor();
  await panel.locator("[name=place]").selectOption("1");
  await checks.nth(1).click();
  await said.nth(1).filter({ hasText: "Yes" }).waitFor();
  await panel.locator("[name=step]").selectOption("2");
  await checks.nth(2).click();
  await said.nth(2).filter({ hasText: "Yes" }).waitFor();
  expect(complaints).toEqual([]);
});

it("what a cache keeps of a real model follows model and size, and needs nothing of the engine's runtime", async () => {
  const { page, complaints, asked } = await site.visit("/guide/what-a-cache-costs/");
  const panel = page.locator(".dc-cache-costs");
  const size = panel.getByRole("status");
  const row = panel.locator("dt").filter({ hasText: "FirstBlockCache" }).locator("xpath=following-sibling::dd[1]");
  expect(await size.textContent()).toBe("1280 × 720 × 81 frames");
  await panel.locator("[name=card]").selectOption("FLUX.1-dev");
  await size.filter({ hasText: "1024 × 1024" }).waitFor();
  const usual = await row.textContent();
  await panel.locator("[name=scale]").fill("2");
  await size.filter({ hasText: "2048 × 2048" }).waitFor();
  expect(usual).toBe("54 MiB"); // two tensors of 4096 + 512 rows of 3072 numbers; no second branch
  expect(await row.textContent()).toBe("0.19 GiB");
  expect([...asked].filter((path) => /\.(wasm|safetensors|onnx)$/.test(path))).toEqual([]);
  expect(complaints).toEqual([]);
});
