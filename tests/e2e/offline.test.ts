import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { violationsOf } from "./accessibility.js";
import { exampleOf } from "./example.js";
import { openSite, type Site, type Visit } from "./site.js";

const path = "/methods/fora/";

let site: Site;
let visit: Visit;
beforeAll(async () => {
  site = await openSite();
  visit = await site.visit(path);
});
afterAll(() => site?.close());

const runTwoSteps = async (): Promise<void> => {
  const example = exampleOf(visit.page);
  await example.knob("steps", 2);
  await example.run();
  await example.says(/^(Done|The run failed)/);
  expect(await example.part("failure").textContent()).toBe("");
};

describe("a site that was opened once", () => {
  it("is isolated, so that WebAssembly may use threads, and runs under its policy", async () => {
    expect(await visit.page.evaluate(() => crossOriginIsolated)).toBe(true);
    await runTwoSteps();
    expect(visit.complaints).toEqual([]);
  });

  it("opens and runs again without a network", async () => {
    const { page } = visit;
    const context = page.context();
    const isKept = () => page.evaluate(async () => (await caches.match(location.href)) !== undefined);
    await expect.poll(isKept, { timeout: 30_000 }).toBe(true);
    await page.reload();
    await exampleOf(page).ready(); // opened means that its own scripts have come too
    await context.setOffline(true);
    await page.reload();
    await runTwoSteps();
    await page.goto(new URL("/methods/tea-cache/", page.url()).href);
    expect(await page.textContent("body")).toContain("was not opened before");
    await context.setOffline(false);
  });

  it("shows what is kept, and deletes it when asked", async () => {
    const { page } = visit;
    await page.goto(new URL("/reference/kept-files/", page.url()).href);
    const kept = page.locator(".dc-kept-files");
    await kept.getByRole("button", { name: "Delete all" }).waitFor();
    expect(await kept.textContent()).toContain("transformer/diffusion_pytorch_model.safetensors");
    expect(await violationsOf(page)).toEqual([]);
    await kept.getByRole("button", { name: "Delete transformer/config.json" }).first().click();
    await expect.poll(() => kept.textContent()).not.toContain("transformer/config.json");
    await kept.getByRole("button", { name: "Delete all" }).click();
    await expect.poll(() => kept.textContent()).toContain("keeps nothing for this site");
    expect(await page.evaluate(() => caches.keys())).toEqual([]);
  });
});

it("keeps a page from other origins and from scripts that are not the site's", async () => {
  const { page } = await site.visit(path);
  const refused = await page.evaluate(async () => {
    const found: string[] = [];
    const three = new Promise<void>((resolve) => {
      document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
        found.push(`${effectiveDirective} ${blockedURI}`);
        if (found.length === 3) resolve();
      });
    });
    const script = document.createElement("script");
    script.textContent = "globalThis.ranInline = true";
    document.head.append(script);
    new Image().src = "https://other.example/a.png";
    await fetch("https://other.example/b").catch(() => undefined);
    await three;
    return { found: found.sort(), ran: "ranInline" in globalThis };
  });
  expect(refused).toEqual({
    found: ["connect-src https://other.example/b", "img-src https://other.example/a.png", "script-src-elem inline"],
    ran: false,
  });
  await page.context().close();
});
