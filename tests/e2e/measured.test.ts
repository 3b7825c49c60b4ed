import { afterAll, beforeAll, expect, it } from "vitest";
import { exampleOf } from "./example.js";
import { openSite, type Site } from "./site.js";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.close());

it("a page is printed with all its clips and charts, also those that were not in view", async () => {
  const { page } = await site.visit("/methods/first-block-cache/");
  await exampleOf(page).ready();
  const printed = page.evaluate(
    () =>
      new Promise((resolve) =>
        addEventListener("afterprint", () => {
          const lit = (canvas: HTMLCanvasElement): boolean =>
            canvas
              .getContext("2d")
              ?.getImageData(0, 0, canvas.width, canvas.height)
              .data.some((value, at) => at % 4 < 3 && value > 0) ?? false;
          resolve({
            clips: [...document.querySelectorAll<HTMLCanvasElement>(".clips canvas")].map(lit),
            charts: document.querySelectorAll(".dc-chart svg").length,
          });
        }),
      ),
  );
  expect(await page.locator(".dc-chart").count()).toBe(0);
  await page.pdf();
  expect(await printed).toEqual({ clips: [true, true, true], charts: 4 });
  await page.context().close();
});

it("a method that measures shows a recorded grid, says so, and replaces it by the reader's own run", async () => {
  const { page, complaints } = await site.visit("/methods/first-block-cache/");
  const example = exampleOf(page);
  const from = example.part("source");
  expect(await from.textContent()).toMatch(/^\s*Recorded with latte-motion-nano on WebAssembly/);
  const grid = example.part("grid");
  const recorded = await grid.innerHTML();

  await example.knob("threshold", 0.3);
  // Moving a slider decides nothing here, and what is shown no longer looks as if it had.
  await example.part("decisions").filter({ hasText: "which had other settings" }).waitFor();
  expect(await grid.innerHTML()).toBe(recorded);
  const ended = example.outcome();
  await example.run();
  const { cached } = await ended;

  await from.filter({ hasText: "Your own run" }).waitFor();
  await expect.poll(() => grid.innerHTML()).not.toBe(recorded);
  const blocks = cached.visits.filter(({ branch }) => branch === "cond").map(({ decision }) => decision);
  const reused = blocks.filter((decision) => decision === "reuse").length;
  expect(reused).toBeGreaterThan(0);
  const compared = page.locator(".dc-chart").filter({ hasText: "What was compared" });
  await compared.waitFor();
  expect(await compared.locator("tbody tr").count()).toBe(cached.visits.filter(({ reasons }) => reasons).length);

  // Step by step: opened, it stands at the first step that rests; the keys move it.
  await example.says(/^Done/);
  const walk = page.locator(".dc-walk");
  await example.tab("Step through");
  const first = cached.visits.find(({ decision }) => decision === "reuse")?.step ?? 0;
  const said = walk.getByRole("status").first();
  await said.filter({ hasText: `Step ${first + 1} of ${cached.steps},` }).waitFor();
  expect(await walk.locator("tbody").textContent()).toMatch(/0\.\d+ < 0\.3: reused from step \d+/);
  expect(await walk.locator("canvas").count()).toBe(3);
  await walk.getByRole("slider", { name: "Step" }).press("Home");
  expect(await said.textContent()).toMatch(/^Step 1 of/);
  await walk.getByRole("button", { name: "Last" }).click();
  expect(await said.textContent()).toContain(`Step ${cached.steps} of ${cached.steps},`);
  expect(complaints).toEqual([]);
});

it("a table that scrolls sideways on a telephone can be reached by keyboard, and is no stop where it does not", async () => {
  const { page } = await site.visit("/methods/tea-cache/", { viewport: { width: 360, height: 800 } });
  const stop = page.locator(".sl-markdown-content > table[tabindex]");
  await stop.first().waitFor({ state: "attached" });
  await page.setViewportSize({ width: 1280, height: 800 });
  await expect.poll(() => stop.count()).toBe(0);
});
