import { dryRun, latteSites, pab } from "diffusion-cache";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { violationsOf } from "./accessibility.js";
import { exampleOf } from "./example.js";
import { layoutShift, openSite, type Site, type Visit } from "./site.js";

const path = "/methods/pyramid-attention-broadcast/";
const layers = (sites: readonly { site: string }[]): number =>
  new Set(sites.flatMap(({ site }) => /^transformer_blocks\.(\d+)/.exec(site)?.[1] ?? [])).size;

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.close());

describe("the PAB page on WebAssembly", () => {
  let visit: Visit;
  beforeAll(async () => {
    visit = await site.visit(path);
  });
  afterAll(() => visit.page.context().close());

  it("loads nothing of the engine before Run", async () => {
    const loaded = await visit.page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
    expect(loaded.filter((name) => /ort[.-]|\.wasm|server-|charts|safetensors/.test(name))).toEqual([]);
  });

  it("says that WebGPU is missing and that WebAssembly is used", async () => {
    const panel = visit.page.locator(".dc-device-now");
    await panel.filter({ hasText: "WebGPU is missing" }).waitFor({ state: "attached" });
    expect(await panel.textContent()).toMatch(/WebAssembly instead/);
    expect(await visit.page.locator(".dc-device option").first().textContent()).toBe("Automatic: WebAssembly");
  });

  it("draws the grid of decisions after the sliders, without a model", async () => {
    const { page } = visit;
    const cells = page.locator(".dc-workbench .dc-grid-cells").first();
    const computed = (): Promise<number> => cells.locator("[data-cell=compute]").count();
    const before = await computed();
    await exampleOf(page).ready();
    await page.locator('.dc-workbench [name="spatialAttentionBlockSkipRange"]').fill("8");
    await expect.poll(computed).toBeLessThan(before);
    await page.locator('.dc-workbench [name="spatialAttentionBlockSkipRange"]').fill("2");
    await expect.poll(computed).toBe(before);
  });

  it("runs the example: clips as asked, decisions as planned, charts with tables", async () => {
    const { page, complaints } = visit;
    const example = exampleOf(page);
    const steps = 8;
    await example.knob("steps", steps);
    await example.ask("prompt", "a large red circle standing still on a white background");
    const outcome = example.outcome();
    await example.run();
    await example.says(/Uncached run: /);
    const { uncached, cached, quality, mean, deviation } = await outcome;
    await example.says(/^Done on WebAssembly/);

    // Pixels: a white ground pulls all channels up, and red stays above the other two.
    expect(deviation).toBeGreaterThan(0.1);
    expect(mean[0]).toBeGreaterThan(0.5);
    expect(mean[0]).toBeGreaterThan(mean[1] + 0.02);
    expect(mean[0]).toBeGreaterThan(mean[2] + 0.02);
    for (const view of ["uncached", "cached"] as const) expect((await example.canvas(view)).lit).toBeGreaterThan(0.5);
    expect((await example.canvas("cached")).mean).not.toEqual([0, 0, 0]);
    expect(quality.maxError).toBeGreaterThan(0);
    expect(quality.psnr).toBeGreaterThan(15);

    // Decisions: what the dry run says.
    const planned = dryRun({
      methods: [pab(cached.methods[0]?.options)],
      timesteps: cached.timesteps,
      sites: latteSites(layers(cached.sites)),
    });
    const acted = new Set(cached.visits.map((visit) => visit.site));
    const masks = (rows: readonly { site: string; computed: string }[]) =>
      Object.fromEntries(rows.filter((row) => acted.has(row.site)).map((row) => [row.site, row.computed]));
    expect(Object.keys(masks(cached.sites)).length).toBeGreaterThan(0);
    expect(masks(cached.sites)).toEqual(masks(planned));
    expect(Object.values(masks(cached.sites)).some((mask) => mask.includes("0"))).toBe(true);
    expect(uncached.stepMs).toHaveLength(steps);

    // What the page says about it.
    expect(await example.part("sentence").textContent()).toMatch(/reused \d+ of \d+ features/);
    expect(await example.summary("psnr")).toBe(`${quality.psnr.toFixed(1)} dB`);
    await expect.poll(() => example.summary("ideal"), { timeout: 60_000 }).toMatch(/^\d+\.\d+ ×$/);
    const charts = page.locator(".dc-chart");
    expect(await charts.count()).toBe(3);
    expect(await charts.locator("svg[aria-label]").count()).toBe(3);
    expect(await charts.locator("tbody tr").count()).toBe(3 * steps);
    expect(await layoutShift(page)).toBeLessThan(0.02);
    expect(complaints).toEqual([]);
  }, 240_000);

  it.each(["light", "dark"])("is accessible with all that a run leaves, in every tab, %s", async (theme) => {
    const { page } = visit;
    const found: string[] = [];
    for (const tab of ["Charts", "All figures", "Step through", "Your code", "Program", "Export"]) {
      await exampleOf(page).tab(tab);
      await page.evaluate((name) => {
        document.documentElement.dataset.theme = name;
        for (const details of document.querySelectorAll("details")) details.open = true;
      }, theme);
      found.push(...(await violationsOf(page)).map((text) => `${tab}: ${text}`));
    }
    expect(found).toEqual([]);
    await page.evaluate(() => {
      for (const details of document.querySelectorAll("details")) details.open = false;
    });
    await exampleOf(page).tab("Charts");
  });

  it("runs again with a moved slider on the engine it has", async () => {
    const example = exampleOf(visit.page);
    await example.knob("spatialAttentionBlockSkipRange", 4);
    const outcome = example.outcome();
    await example.run();
    const { cached } = await outcome;
    expect(cached.methods[0]?.options).toMatchObject({ spatialAttentionBlockSkipRange: 4 });
    await example.says(/^Done/);
    await example.tab("Your code");
    expect(await example.part("snippet").textContent()).toContain("spatialAttentionBlockSkipRange: 4");
    await visit.page.getByRole("tab", { name: "Python" }).click();
    expect(await example.part("snippet").textContent()).toContain("spatial_attention_block_skip_range=4");
    expect(visit.page.workers().length).toBe(1);
  });

  it("keeps the focus on Run, and runs by itself after a moved slider where the reader asks for it", async () => {
    const { page } = visit;
    const example = exampleOf(page);
    // By the page's own clock any run is quick, however slow the machine is.
    await page.evaluate(() => {
      const now = performance.now.bind(performance);
      performance.now = () => now() / 1000;
    });
    await example.knob("steps", 2);
    await example.run();
    await example.says(/^Done/);
    expect(await example.part("run").evaluate((button) => button === document.activeElement)).toBe(true);
    await page.getByRole("button", { name: "More settings" }).click();
    const follow = page.getByLabel("Run by itself");
    expect(await follow.isChecked()).toBe(false); // on WebAssembly
    await follow.check();
    const outcome = example.outcome();
    await example.knob("spatialAttentionBlockSkipRange", 3);
    expect((await outcome).cached.methods[0]?.options).toMatchObject({ spatialAttentionBlockSkipRange: 3 });
    await example.says(/^Done/);
    await follow.uncheck();
    await page.getByRole("button", { name: "Fewer settings" }).click();
    await page.evaluate(() => Reflect.deleteProperty(performance, "now")); // the browser's own again
  });

  it("stops at once and runs again", async () => {
    const example = exampleOf(visit.page);
    await example.knob("steps", 40);
    await example.run();
    await example.says(/Uncached run: step [2-9] of 40/);
    // In the page, so that no more passes between the press and the look than the page's own turn.
    const said = await example.part("stop").evaluate(async (stop) => {
      (stop as HTMLButtonElement).click();
      await Promise.resolve();
      return stop.closest(".dc-workbench")?.querySelector(".dc-status p")?.textContent;
    });
    expect(said).toBe("Stopped.");
    await example.knob("steps", 2);
    await example.run();
    await example.says(/^Done/);
  });

  it("shows an error in its place, with what to do, and goes on", async () => {
    const example = exampleOf(visit.page);
    await example.ask("prompt", "a mauve dodo");
    await example.run();
    const alert = example.part("failure").getByRole("alert");
    await alert.waitFor();
    expect(await alert.textContent()).toMatch(/mauve/);
    expect(await alert.getByRole("link").getAttribute("href")).toBe("/reference/errors/#prompt-invalid");
    await example.part("reset").click();
    expect(await example.part("failure").textContent()).toBe("");

    const backend = visit.page.locator(".dc-device select");
    await backend.selectOption("webgpu");
    await example.run();
    await alert.waitFor();
    expect(await alert.getByRole("link").getAttribute("href")).toBe("/reference/errors/#backend-missing");
    await backend.selectOption("wasm");
    await example.knob("steps", 2);
    await example.run();
    await example.says(/^Done/);
    expect(visit.complaints).toEqual([]);
  });
});

it("prints how long a reader waits (WebAssembly, 20 steps, warm server)", async () => {
  const { page } = await site.visit(path);
  const example = exampleOf(page);
  await example.knob("steps", 20);
  await example.part("run").scrollIntoViewIfNeeded();
  const outcome = example.outcome();
  const start = performance.now();
  await example.run();
  await example.says(/Uncached run: step/);
  const first = performance.now() - start;
  const { uncached, cached } = await outcome;
  const all = performance.now() - start;
  const seconds = (ms: number): string => (ms / 1000).toFixed(1);
  console.log(
    `from Run to the first step: ${seconds(first)} s (goal: 6); to the end of both runs: ${seconds(all)} s (goal: 60); ` +
      `runs alone: ${seconds(uncached.totals.wallMs)} s and ${seconds(cached.totals.wallMs)} s`,
  );
  expect(uncached.steps).toBe(20);
  await page.context().close();
}, 240_000);

it("runs on WebGPU where it is forced to, here a software adapter, and makes the clip that WebAssembly makes", async () => {
  const { page, complaints } = await site.visit(path, { gpu: true });
  const example = exampleOf(page);
  await example.knob("steps", 2);
  const runOn = async (backend: string) => {
    await page.locator(".dc-device select").selectOption(backend);
    const outcome = example.outcome();
    await example.run();
    await example.says(/^(Done|The run failed)/, 230_000);
    expect(await example.part("failure").textContent()).toBe("");
    return outcome;
  };
  const webgpu = await runOn("webgpu");
  const wasm = await runOn("wasm");
  expect(webgpu.cached.backend.name).toBe("webgpu");
  expect(wasm.cached.backend.name).toBe("wasm");
  expect(webgpu.deviation).toBeGreaterThan(0.02);
  expect(webgpu.deviation).toBeCloseTo(wasm.deviation, 3);
  for (const [channel, value] of webgpu.mean.entries()) expect(value).toBeCloseTo(wasm.mean[channel] ?? 9, 3);
  await page.goto(`${site.address}/reference/browsers/`);
  await expect.poll(() => page.locator(".dc-device select").inputValue()).toBe("wasm"); // once the choice listens
  expect(complaints).toEqual([]);
  await page.context().close();
}, 360_000);
