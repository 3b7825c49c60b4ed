import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { cp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readInfinity } from "diffusion-cache";
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import { violationsOf } from "../accessibility.js";
import { openSite, type Site } from "../site.js";

const kept = "tests/fixtures/own-clips";
const report = JSON.parse(readFileSync(`${kept}/report.json`, "utf8"));

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.close());

const status = (page: Page) => page.locator(".dc-compare .dc-status p");
const give = async (page: Page, folder: string): Promise<void> => {
  await page.locator(".dc-compare [name=folder]:enabled").setInputFiles(folder);
  await status(page)
    .filter({ hasText: /^(Compared|Nothing is compared)/ })
    .waitFor();
};
const saved = async (page: Page, label: string): Promise<string> => {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: label }).click(),
  ]);
  return readFile(await download.path(), "utf8");
};
const row = (page: Page, name: string) => page.locator(".dc-compare tbody tr").filter({ hasText: name }).first();
const figure = async (page: Page, name: string, measure: string): Promise<number> =>
  Number(await row(page, name).locator(`[data-measure=${measure}]`).textContent());

it("a folder of frames that diffusers made: numpy's figures, in a table, a picture and files, and nothing is sent", async () => {
  const { page, complaints } = await site.visit("/compare/");
  await page.waitForLoadState("networkidle");
  const requests: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith("blob:"))
      requests.push(`${request.method()} ${request.url()} ${request.postData() ?? ""}`);
  });
  await give(page, `${kept}/clips`);
  expect(await figure(page, "pab", "psnr")).toBeCloseTo(report.psnr, 1);
  expect(await figure(page, "pab", "temporalError")).toBeCloseTo(report.temporalError, 4);
  const { clips, reference } = JSON.parse(await saved(page, "All (JSON)"), readInfinity);
  expect(reference).toBe("uncached");
  expect(clips[0].frames.map(({ psnr }: { psnr: number }) => psnr)).toEqual(
    report.framePsnr.map((psnr: number) => expect.closeTo(psnr, 4)),
  );
  expect((await saved(page, "Frames (CSV)")).split("\r\n")).toHaveLength(6);

  const colour = (which: string) =>
    page.locator(`canvas[data-clip=${which}]`).evaluate((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      return [...((canvas as HTMLCanvasElement).getContext("2d")?.getImageData(0, 0, width, height).data ?? [])].join();
    });
  await page.locator(".dc-compare .dc-plot svg").waitFor();
  const first = await colour("other");
  expect(first).not.toBe(await colour("reference"));
  await page.locator(".dc-compare [name=frame]").fill("3");
  await expect.poll(() => colour("other")).not.toBe(first);
  expect(await violationsOf(page)).toEqual([]);

  // Its own scripts are all that it asks for, and none of it carries anything.
  for (const request of requests) expect(request).toMatch(new RegExp(`^GET ${site.address}/_astro/[\\w.-]+ $`));
  await page.context().route("**", (route) => route.abort());
  await page.locator("[name=reference]").selectOption("pab");
  await status(page).filter({ hasText: "Compared 1 of 1 with pab" }).waitFor();
  expect(await figure(page, "uncached", "psnr")).toBeCloseTo(report.psnr, 1);
  expect(complaints).toEqual([]);
});

it("videos are decoded frame by frame, and what cannot be compared says why in a line, beside what can", async () => {
  const { page, complaints } = await site.visit("/compare/");
  await page.setViewportSize({ width: 360, height: 800 });
  const folder = mkdtempSync(join(tmpdir(), "own-clips-"));
  await cp(`${kept}/videos/uncached.webm`, join(folder, "uncached.webm"));
  await cp(`${kept}/videos/pab.webm`, join(folder, "pab.webm"));
  await cp(`${kept}/clips/pab/0000.png`, join(folder, "short.png"));
  mkdirSync(join(folder, "broken"));
  for (const number of [0, 1, 2, 3]) writeFileSync(join(folder, "broken", `${number}.png`), "no picture");
  writeFileSync(join(folder, "notes.txt"), "left out");
  await give(page, folder);
  expect(await status(page).textContent()).toBe("Compared 1 of 3 with uncached.");
  expect(await figure(page, "pab", "psnr")).toBeGreaterThan(20);
  const why = async (name: string) => (await row(page, name).locator("td").textContent())?.trim();
  expect(await why("short")).toBe("short has 1 frame and uncached has 4. Compare runs of the same number of frames.");
  expect(await why("broken")).toBe(
    "0.png is not an image that this browser can read. Save the frames as PNG, JPEG or WebP.",
  );
  expect(await page.locator(".dc-compare").textContent()).toContain("notes.txt");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  expect(await violationsOf(page)).toEqual([]);

  const alone = mkdtempSync(join(tmpdir(), "own-clips-"));
  writeFileSync(join(alone, "notes.txt"), "");
  await give(page, alone);
  expect(await page.locator(".dc-compare .dc-failure").textContent()).toContain("No file is a picture or a video");
  await page.locator(".dc-compare [name=folder]").setInputFiles(mkdtempSync(join(tmpdir(), "own-clips-")));
  await page.locator(".dc-compare .dc-failure").filter({ hasText: "The folder is empty." }).waitFor();
  await give(page, `${kept}/clips/pab`);
  expect(await page.locator(".dc-compare .dc-failure").textContent()).toContain("There is only one clip, pab.");
  expect(complaints).toEqual([]);
});

it("a long comparison can be stopped, and keeps what it has", async () => {
  const { page } = await site.visit("/compare/");
  await page.locator(".dc-compare [name=folder]:enabled").waitFor();
  // Frames of 1024 × 1024, made in the page: each takes long enough to be stopped in.
  await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(1024, 1024);
    const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
    const transfer = new DataTransfer();
    for (const [name, colour] of [
      ["uncached", "red"],
      ["pab", "blue"],
    ] as const)
      for (let frame = 0; frame < 30; frame++) {
        context.fillStyle = colour;
        context.fillRect(0, 0, 1024, 1024);
        transfer.items.add(new File([await canvas.convertToBlob()], `${name}_${frame}.png`));
      }
    const input = document.querySelector(".dc-compare [name=files]") as HTMLInputElement;
    input.files = transfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  await status(page)
    .filter({ hasText: /frame 1 of 30/ })
    .waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  expect(await status(page).textContent()).toBe("Stopped. What was measured is kept.");
  expect(await row(page, "pab").textContent()).toMatch(/\d+ of its frames measured/);
});
