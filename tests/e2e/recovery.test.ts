import { afterAll, beforeAll, expect, it } from "vitest";
import { exampleOf } from "./example.js";
import { openSite, type Site } from "./site.js";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.close());

it("two examples that are started at once run one after the other, and the second says its place", async () => {
  const { page, complaints } = await site.visit("/methods/fora/");
  await exampleOf(page).knob("steps", 2);
  // A second example of the same program, as a page with several has it.
  await page.evaluate(() => {
    const first = document.querySelector(".dc-workbench")?.closest("astro-island") as HTMLElement;
    const second = first.cloneNode(true) as HTMLElement;
    second.setAttribute("ssr", ""); // as it comes from the server
    first.after(second);
  });
  const status = page.locator(".dc-workbench .dc-status p");
  const said: string[] = [];
  await page.exposeFunction("heard", (text: string) => said.push(text));
  await status.nth(1).evaluate((element) => {
    new MutationObserver(() =>
      (globalThis as unknown as { heard(text: string): void }).heard(element.textContent ?? ""),
    ).observe(element, { childList: true, characterData: true, subtree: true });
  });
  const run = page.locator(".dc-workbench .dc-run");
  await run.nth(0).click();
  await run.nth(1).click();
  for (const which of [0, 1]) await status.nth(which).filter({ hasText: /^Done/ }).waitFor({ timeout: 120_000 });
  expect(said.some((text) => text.startsWith("Waiting for its turn: 1 run goes first"))).toBe(true);
  expect(complaints).toEqual([]);
  await page.context().close();
});

it("two tabs run at the same time, each with its own engine, and a page that was left in the middle of a run works again", async () => {
  const { page: one, complaints } = await site.visit("/methods/fora/");
  const two = await one.context().newPage();
  await two.goto(one.url());
  // The second run is long: what its status says for a moment only may be gone before a test looks.
  for (const [page, steps] of [
    [one, 4],
    [two, 50],
  ] as const) {
    await exampleOf(page).knob("steps", steps);
    await exampleOf(page).run();
  }
  await exampleOf(two).says(/step \d+ of 50/);
  await two.goto(new URL("/methods/", two.url()).href);
  await two.goBack();
  await exampleOf(two).knob("steps", 2);
  await exampleOf(two).run();
  for (const page of [one, two]) {
    await exampleOf(page).says(/^(Done|The run failed)/);
    expect(await exampleOf(page).part("failure").textContent()).toBe("");
  }
  expect(complaints).toEqual([]);
  await one.context().close();
});

it("a GPU that goes away in the middle of a run is replaced, on the same page, and that is said", async () => {
  const { page } = await site.visit("/methods/pyramid-attention-broadcast/", { gpu: true, serviceWorkers: "block" });
  // The first worker shows its device to the test; the worker after it is left as it is.
  await page.route(
    /_astro\/server-[^/]+\.js$/,
    async (route) => {
      const response = await route.fetch();
      const shows = `const open = GPUAdapter.prototype.requestDevice;
        GPUAdapter.prototype.requestDevice = async function (...request) {
          return (self.shownDevice = await open.apply(this, request));
        };\n`;
      await route.fulfill({ response, body: shows + (await response.text()) });
    },
    { times: 1 },
  );
  const example = exampleOf(page);
  await example.knob("steps", 2);
  await page.locator(".dc-device select").selectOption("webgpu");
  await example.run();
  await example.says(/Uncached run: step 1 of 2/, 200_000);
  await page
    .workers()[0]
    ?.evaluate(() => (self as unknown as { shownDevice: { destroy(): void } }).shownDevice.destroy());
  await example.part("failure").filter({ hasText: "The GPU device went away" }).waitFor({ timeout: 60_000 });
  expect(await example.part("failure").textContent()).toContain("The run began again on a new device.");
  await example.says(/^Done on WebGPU/, 200_000);
  await page.context().close();
}, 480_000);
