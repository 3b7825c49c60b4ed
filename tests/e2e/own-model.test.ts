import { cpSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import { changedFolder } from "../changed-folder.js";
import { fixtureFolder } from "../golden/fixture.js";
import { serveHub } from "../models/hub-server.js";
import { dist } from "./first-view.js";
import { cellOf, notebookLink } from "./notebook.js";
import { openSite, type Site } from "./site.js";

const path = "/guide/bring-your-own-model/";
const model = fileURLToPath(new URL("../../site/public/models/flux-shapes-nano", import.meta.url));

const animals = [
  "tench",
  "goldfish",
  "great white shark",
  "otter",
  "macaw",
  "red panda",
  "valley",
  "geyser",
  "balloon",
  "pizza",
];
const pipeline = { _class_name: "DiTPipeline", id2label: Object.fromEntries(animals.entries()) };

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.close());

const own = (page: Page) => page.locator(".dc-own");

const load = async (page: Page): Promise<string> => {
  await own(page).locator("[data-part=load]:enabled").click();
  const said = own(page).locator("[data-part=info], .dc-failure").first();
  await said.waitFor({ timeout: 120_000 });
  return (await said.textContent()) ?? "";
};

it("a name on the Hub ends in two pictures and a table, and the second time in no download", async () => {
  const hub = await serveHub(model);
  const { page, complaints } = await site.visit(path);
  await own(page).locator("[name=address]").fill(hub.at("org/shapes"));
  expect(hub.asked).toEqual([]); // nothing before Load is pressed
  expect(await load(page)).toMatch(/flux-shapes-nano: FluxTransformer2DModel, 2\.\d million weights/);
  await own(page).locator("[name=steps]").fill("4");
  await own(page).locator("[data-part=run]").click();
  const rows = own(page).locator("[data-part=rows] tbody tr");
  await rows.first().waitFor({ timeout: 120_000 });
  const cells = async (row: number) =>
    (await rows.nth(row).locator("th, td").allTextContents()).map((one) => one.trim());
  const [seconds, times] = [/^[\d.]+ s$/, /^[\d.]+×$/].map((form) => expect.stringMatching(form));
  expect((await cells(0)).slice(0, 4)).toEqual(["No cache", seconds, "1.00×", "100 %"]);
  const decibels = expect.stringMatching(/^[\d.]+ dB$/);
  expect((await cells(1)).slice(0, 5)).toEqual(["FORA, every third step", seconds, times, "50 %", decibels]);
  expect(await own(page).locator("canvas").count()).toBeGreaterThan(1);
  expect(complaints).toEqual([]);

  await page.context().route(`${hub.origin}/**`, (route) => route.abort());
  await page.reload();
  await own(page).locator("[name=address]").fill(hub.at("org/shapes"));
  expect(await load(page)).toContain("flux-shapes-nano");
}, 300_000);

it("a folder of this computer runs, and what is none is refused by what it has", async () => {
  const { page } = await site.visit(path);
  await own(page).locator("[name=folder]:enabled").setInputFiles(model);
  await own(page).locator("text=Picked: flux-shapes-nano").waitFor();
  expect(await load(page)).toContain("flux-shapes-nano");
  await own(page).locator("[name=folder]").setInputFiles(`${model}/text`);
  await own(page).locator("text=Picked: text").waitFor();
  await own(page).locator("[data-part=load]:enabled").click();
  await own(page).locator(".dc-failure").waitFor();
  expect(await own(page).locator(".dc-failure").textContent()).toContain("has neither transformer/config.json");
}, 200_000);

it("the Hub's refusals are one line with what to do", async () => {
  const hub = await serveHub(model, { gated: "org/gated" });
  const { page } = await site.visit(path);
  for (const [name, says] of [
    ["org/gated", "hf download org/gated --local-dir DIR"],
    ["org/shapes@v9", "has no revision v9"],
    ["nobody/nothing", "no public model nobody/nothing"],
  ] as const) {
    await own(page).locator("[name=address]").fill(hub.at(name));
    expect(await load(page)).toContain(says);
  }
}, 200_000);

it("a small DiT from the Hub: its classes by name, the paper's setting, pixels from its VAE, nothing kept twice", async () => {
  const dit = changedFolder(fixtureFolder("real/dit"), { add: { "model_index.json": JSON.stringify(pipeline) } });
  cpSync(fixtureFolder("decoders/kl/vae"), `${dit}/vae`, { recursive: true });
  const hub = await serveHub(dit);
  const { page, complaints } = await site.visit("/methods/smooth-cache/");
  await page.getByRole("button", { name: "Run it on DiT-XL/2" }).click();
  expect(await own(page).locator("[name=address]").inputValue()).toBe("facebook/DiT-XL-2-256");
  await own(page).locator("[name=address]").fill(hub.at("org/dit"));
  expect(await load(page)).toContain("DiTTransformer2DModel");
  expect(await own(page).locator("[name=steps]").inputValue()).toBe("50");
  expect(await own(page).locator("[name=guidance]").inputValue()).toBe("1.5");
  await own(page).locator("[name=label]").selectOption("otter (3)");
  await own(page).locator("[name=steps]").fill("6");
  await own(page).locator("[data-part=run]").click();
  const rows = own(page).locator("[data-part=rows] tbody tr");
  await rows.first().waitFor({ timeout: 120_000 });
  expect(await rows.nth(1).locator("th").textContent()).toBe("SmoothCache, bound 0.18, as in its paper");
  expect(await own(page).textContent()).not.toContain("has no decoder");
  expect(hub.asked.filter((path) => path.startsWith("file"))).toHaveLength(2); // network and decoder, once
  expect(complaints).toEqual([]);
}, 300_000);

it("a server that lets no other page read is named after one try, in a page that is isolated from others too", async () => {
  const hub = await serveHub(model, { cors: false });
  const { page } = await site.visit(path);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await own(page).locator("[name=address]").fill(hub.at("org/shapes"));
  expect(await load(page)).toMatch(/CORS/);
  expect(hub.asked.length).toBeLessThan(3);
}, 200_000);

it("cells of the playground load from the Hub once the reader lets them", async () => {
  const hub = await serveHub(model);
  const program = `import { createWorkerEngine } from "diffusion-cache";
const engine = await createWorkerEngine({ model: "${hub.at("org/shapes")}" });
display(engine.model.architecture);`;
  const { page } = await site.visit(`/play/${await notebookLink([program])}`);
  const cell = cellOf(page, 0);
  expect((await cell.runs())[1]).toContain("may not load");
  expect(hub.asked).toEqual([]);
  await page.locator("[name=hub]:enabled").check();
  expect((await cell.runs())[1]).toContain("FluxTransformer2DModel");
}, 300_000);

it("only pages that say so may load from the Hub", () => {
  const policyOf = (page: string): string =>
    /Content-Security-Policy" content="([^"]*)"/.exec(readFileSync(`${dist}${page}index.html`, "utf8"))?.[1] ?? "";
  for (const page of [path, "/play/", "/methods/fora/"])
    expect(policyOf(page)).toContain("connect-src 'self' data: blob: https://huggingface.co https://*.hf.co;");
  for (const page of ["/", "/methods/", "/methods/pyramid-attention-broadcast/"])
    expect(policyOf(page)).toContain("connect-src 'self' data: blob:;");
});
