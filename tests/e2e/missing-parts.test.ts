import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exampleOf } from "./example.js";
import { cellOf, notebookOf } from "./notebook.js";
import { openSite, type Site } from "./site.js";

// A host that has lost, or answers wrongly for, a part of the site: after a new one was published, or in a bad hour.

let odd: (path: string) => number | "html" | "silence" | undefined;
let site: Site;
beforeAll(async () => {
  site = await openSite({ odd: (path) => odd(path) });
});
afterAll(() => site?.close());

const path = "/methods/fora/";
const anew = /A part of this page could not be loaded: the site was published anew/;

describe("a part that is gone", () => {
  test("is said where it was asked for, with what helps", async () => {
    odd = (path) => (/engine-door|\/editor\./.test(path) ? 404 : undefined);
    const { page } = await site.visit(path, { serviceWorkers: "block" });
    await exampleOf(page).run();
    await exampleOf(page).part("failure").filter({ hasText: anew }).waitFor();
    expect(await exampleOf(page).part("failure").locator("a").getAttribute("href")).toBe("");
    // Nothing of the page waits for the editor: the page itself says so.
    await exampleOf(page).tab("Program");
    await exampleOf(page).part("edit").click();
    await page.locator(".dc-missing-part", { hasText: anew }).waitFor();
    odd = () => undefined;
    await page.locator(".dc-missing-part a").click();
    await exampleOf(page).knob("steps", 2);
    await exampleOf(page).run();
    await exampleOf(page).says(/^Done/);

    await page.context().close();
  });

  test("makes a page that nobody has touched load again by itself, once", async () => {
    let charts = 0;
    odd = (path) => (/growth-chart/.test(path) && ++charts === 1 ? 404 : undefined);
    const { page } = await site.visit("/", { serviceWorkers: "block" });
    // Nothing looks into the page before it has loaded twice: to a browser, a look by a test is a touch.
    let loads = 0;
    const twice = new Promise<void>((resolve) => page.on("load", () => ++loads === 2 && resolve()));
    await page.goto(`${site.address}/reference/benchmarks/#how-cost-grows`);
    await twice;
    await page.locator(".dc-growth-curve svg").first().waitFor();
    expect(charts).toBe(2);
    await page.context().close();
  });

  test("as a page of HTML is not kept: once the host is mended, the example runs; nor is what was never published", async () => {
    odd = (path) => (/engine-door/.test(path) ? "html" : undefined);
    const { page } = await site.visit(path);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.reload();
    await exampleOf(page).run();
    await exampleOf(page).part("failure").filter({ hasText: anew }).waitFor();
    odd = (path) => (path.startsWith("/made-up") ? "html" : undefined);
    const kept = await page.evaluate(async () => {
      for (let at = 0; at < 20; at++) await fetch(`/made-up/${at}`);
      await fetch("/recorded/fora/run.json?again");
      const [name = ""] = await caches.keys();
      const requests = await (await caches.open(name)).keys();
      return requests.map(({ url }) => new URL(url).pathname + new URL(url).search);
    });
    expect(kept.filter((one) => /engine-door|made-up|\?/.test(one))).toEqual([]);
    expect(kept).toContain(path);
    await page.reload();
    await exampleOf(page).knob("steps", 2);
    await exampleOf(page).run();
    await exampleOf(page).says(/^Done/);
    await page.context().close();
  });
});

test("a frame for code that never answers is ended by Stop", async () => {
  odd = (path) => (path === "/cell.html" ? "silence" : undefined);
  const { page } = await site.visit("/play/", { serviceWorkers: "block" });
  const first = cellOf(page, 0);
  await first.run.click();
  await first.status.filter({ hasText: "Running" }).waitFor();
  await notebookOf(page).stop.click();
  await first.status.filter({ hasText: "Stopped." }).waitFor();
  await expect.poll(() => page.locator("iframe").count()).toBe(0);
  odd = () => undefined;
  expect((await first.runs())[0]).toMatch(/^Done/);
  await page.context().close();
});

test("links are copied where the page was loaded over plain HTTP", async () => {
  odd = () => undefined;
  const host = "plain.example";
  const { page } = await site.visit(`${site.address.replace("127.0.0.1", host)}${path}`, {
    flags: [`--host-resolver-rules=MAP ${host} 127.0.0.1`],
  });
  expect(await page.evaluate(() => [isSecureContext, "clipboard" in navigator])).toEqual([false, false]);
  await exampleOf(page).ready();
  await exampleOf(page).part("share").click();
  await exampleOf(page).part("share").filter({ hasText: "Link copied" }).waitFor();
  const prompt = page.locator(".dc-workbench [name=prompt]");
  await prompt.fill("");
  await prompt.press("Control+V");
  expect(await prompt.inputValue()).toBe(await page.evaluate(() => location.href));
  // What such a page cannot do is put down to that, and not to the browser.
  await page.goto(`${site.address.replace("127.0.0.1", host)}/reference/kept-files/`);
  await page.getByText("it keeps files only for pages loaded over https or from localhost").waitFor();
  await page.context().close();
});
