import { readFile } from "node:fs/promises";
import { traceFromJson } from "diffusion-cache";
import type { Page } from "playwright";
import { PNG } from "pngjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { violationsOf } from "./accessibility.js";
import { exampleOf } from "./example.js";
import { openSite, type Site } from "./site.js";

const steps = 4;
let site: Site;
let page: Page;
let complaints: string[];
beforeAll(async () => {
  site = await openSite();
  ({ page, complaints } = await site.visit("/methods/pyramid-attention-broadcast/"));
  const example = exampleOf(page);
  await example.knob("steps", steps);
  const ended = example.outcome();
  await example.run();
  await ended;
  await example.says(/^Done/);
  // The figure stays while its drawing is replaced.
  await page.locator(".dc-chart:has(svg)").first().scrollIntoViewIfNeeded();
  await example.tab("Export");
  await page.getByRole("button", { name: "Steps (CSV)" }).waitFor();
});
afterAll(() => site?.close());

const saved = async (label: string): Promise<{ name: string; bytes: Buffer; text: string }> => {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.locator(".dc-export").getByRole("button", { name: label, exact: true }).click(),
  ]);
  const bytes = await readFile(await download.path());
  return { name: download.suggestedFilename(), bytes, text: bytes.toString("utf8") };
};

describe("the files of a finished run", () => {
  it("numbers: lines as CSV, traces that can be read back", async () => {
    const lines = (await saved("Steps (CSV)")).text.split("\r\n");
    expect(lines).toHaveLength(steps + 2); // a head, and nothing after the last end of line
    expect((await saved("Decisions (CSV)")).text).toContain(",reuse,");
    const file = await saved("Trace, cached (JSON)");
    expect(file.name).toBe("pyramid-attention-broadcast-latte-motion-nano-seed-0-4-steps-cached.json");
    const trace = traceFromJson(JSON.parse(file.text));
    expect(trace.steps).toBe(steps);
    expect(trace.quality?.psnr).toBeGreaterThan(10);
    expect(traceFromJson(JSON.parse((await saved("Trace, uncached (JSON)")).text)).methods).toEqual([]);
  });

  it("charts: SVG that stands alone, PNG of twice its size", async () => {
    const { text } = await saved("Time per step (SVG)");
    expect(text).toMatch(/^<svg /);
    expect(text).not.toMatch(/var\(|class=|href=/);
    for (const word of ["Time per step", "uncached", "cached", "denoising step"]) expect(text).toContain(word);
    const [, width] = /width="(\d+)"/.exec(text) ?? [];
    const png = PNG.sync.read((await saved("Time per step (PNG)")).bytes);
    expect(png.width).toBe(2 * Number(width));
    expect(new Set(new Uint32Array(new Uint8Array(png.data).buffer)).size).toBeGreaterThan(10); // it is drawn

    // Alone in a page without the site's style sheet its lines have their colours.
    const alone = await page.context().newPage();
    await alone.setContent(text);
    const strokes = await alone
      .locator("svg path")
      .evaluateAll((paths) => paths.map((path) => getComputedStyle(path).stroke));
    expect(new Set(strokes.filter((stroke) => /^rgb/.test(stroke))).size).toBeGreaterThanOrEqual(2);
    await alone.close();
  });

  it("clips: a GIF of all frames that repeats, and a WebM", async () => {
    const { bytes } = await saved("Cached clip (GIF)");
    expect(bytes.subarray(0, 6).toString("latin1")).toBe("GIF89a");
    const control = bytes.toString("latin1").split("\x21\xf9\x04").length - 1;
    expect(control).toBe(8);
    expect(bytes.toString("latin1")).toContain("NETSCAPE2.0");
    expect([bytes.readUInt16LE(6), bytes.readUInt16LE(8)]).toEqual([192, 192]);

    const film = await saved("Uncached clip (WebM)");
    expect(film.bytes.subarray(0, 4).toString("hex")).toBe("1a45dfa3");
    expect(film.bytes.subarray(0, 64).toString("latin1")).toContain("webm");
    const played = await page.evaluate(async (base64) => {
      const video = document.createElement("video");
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      video.src = URL.createObjectURL(new Blob([bytes], { type: "video/webm" }));
      await new Promise((resolve, reject) => {
        video.onloadeddata = resolve;
        video.onerror = () => reject(new Error(video.error?.message));
      });
      return { width: video.videoWidth, duration: video.duration };
    }, film.bytes.toString("base64"));
    expect(played.width).toBe(384);
    expect(played.duration).toBeCloseTo(1, 1);
  });

  it("a notebook with the settings in Python", async () => {
    const made = JSON.parse((await saved("Jupyter, in Python")).text);
    expect(made.cells.at(-1).source.join("")).toContain("PyramidAttentionBroadcastConfig(");
  });

  it("where a browser has no encoder, says so and goes on", async () => {
    await page.evaluate(() => Reflect.deleteProperty(window, "VideoEncoder"));
    const menu = page.locator(".dc-export");
    await menu.getByRole("button", { name: "Uncached clip (WebM)" }).click();
    await menu.getByRole("status").filter({ hasText: "This browser has no encoder for WebM" }).waitFor();
    expect((await saved("Uncached clip (GIF)")).bytes.length).toBeGreaterThan(1000);
  });

  it("is accessible, is left by the keys of its tabs, and complains of nothing", async () => {
    expect(await violationsOf(page)).toEqual([]);
    const tab = page.getByRole("tab", { name: "Export" });
    await tab.focus();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowRight");
    expect(await tab.getAttribute("aria-selected")).toBe("true");
    await page.getByRole("button", { name: "Steps (CSV)" }).waitFor();
    expect(complaints).toEqual([]);
  });
});

it("a trace is read back on the page that documents it, and one of another version refused", async () => {
  const { text } = await saved("Trace, cached (JSON)");
  const { page: reader, complaints: said } = await site.visit("/reference/trace/");
  const area = reader.getByLabel("or its text");
  await area.fill(text);
  await reader.locator(".dc-trace .dc-chart svg").nth(1).waitFor();
  expect(await reader.locator(".dc-trace .dc-facts").textContent()).toContain("latte-motion-nano");
  await area.fill(JSON.stringify({ ...JSON.parse(text), version: 7 }));
  const alert = reader.locator(".dc-trace").getByRole("alert");
  await alert.waitFor();
  expect(await alert.textContent()).toContain("its version is 7, and this engine reads version 1");
  expect(await reader.locator(".dc-trace .dc-chart").count()).toBe(0);
  await reader
    .getByLabel("A trace file")
    .setInputFiles({ name: "t.json", mimeType: "application/json", buffer: Buffer.from(text) }); // prettier-ignore
  await reader.locator(".dc-trace .dc-chart svg").first().waitFor();
  expect(await violationsOf(reader)).toEqual([]);
  expect(said).toEqual([]);
});

it("the snippet is copied with one press", async () => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await exampleOf(page).tab("Your code");
  await exampleOf(page).part("copy").click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(await exampleOf(page).part("snippet").textContent());
  expect(copied).toMatch(/^import \{/);
});
