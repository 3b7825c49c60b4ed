import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exampleOf } from "./example.js";
import { openSite, type Site } from "./site.js";

const path = "/methods/pyramid-attention-broadcast/";
const worker = /_astro\/server-[^/]+\.js$/;

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.close());

const runOneStep = async (page: Page): Promise<void> => {
  const example = exampleOf(page);
  await example.knob("steps", 1);
  await example.run();
  await example.says(/^(Done on|The run failed)/);
};
/** The rungs as the panel lists them after a run. */
const rungs = (page: Page): Promise<string[]> => page.locator(".dc-ladder li").allTextContents();

/** Makes the software adapter look like a GPU, so that "auto" does not pass it over. */
const disguise = `Object.defineProperty(GPUAdapter.prototype, "info", {
  get: () => ({ description: "GPU in disguise", vendor: "", architecture: "", isFallbackAdapter: false }),
});`;

describe("what a visitor sees where WebGPU cannot be used", () => {
  let page: Page;
  beforeAll(async () => {
    ({ page } = await site.visit(path, { gpu: true, serviceWorkers: "block" }));
  });
  afterAll(() => page.context().close());

  it.each([
    ["a software adapter", "", /not taken\. The only adapter is software/],
    ["no adapter", "GPU.prototype.requestAdapter = async () => null;", /There is no GPU adapter here/],
    [
      "a limit that is too low",
      `${disguise} Object.defineProperty(GPUAdapter.prototype, "limits", { get: () => ({ maxStorageBuffersPerShaderStage: 4 }) });`,
      /maxStorageBuffersPerShaderStage is 4; the kernels need 8/,
    ],
    [
      "no device",
      `${disguise} GPUAdapter.prototype.requestDevice = async () => { throw new DOMException("none left", "OperationError"); };`,
      /The adapter gave no device: none left/,
    ],
    [
      "a driver that gives back wrong numbers",
      `${disguise} const read = GPUBuffer.prototype.getMappedRange;
       GPUBuffer.prototype.getMappedRange = function (...range) {
         const bytes = read.apply(this, range);
         new Float32Array(bytes).fill(7);
         return bytes;
       };`,
      /The self-test disagrees with WASM by \d\.\de[-+]\d+; 1\.0e-3 is allowed/,
    ],
  ])("%s: WebAssembly, and why", async (_, change, reason) => {
    await page.unroute(worker);
    await page.route(worker, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${change}\n${await response.text()}` });
    });
    await page.reload();
    await runOneStep(page);
    expect(await exampleOf(page).status()).toMatch(/^Done on WebAssembly, \d threads?\./);
    const [captured, uncaptured, wasm] = await rungs(page);
    expect(captured).toMatch(reason);
    expect(uncaptured).toMatch(reason);
    expect(wasm).toBe("WASM: taken. Needs no GPU.");
  });

  it("before a run, the panel says which part of WebGPU is missing", async () => {
    await page.addInitScript("GPU.prototype.requestAdapter = () => Promise.reject(new Error('switched off'));");
    await page.reload();
    const panel = page.locator(".dc-device");
    await panel.filter({ hasText: "found no GPU that it may use" }).waitFor();
    expect(await panel.locator(".dc-device-advice").textContent()).toContain("hardware acceleration");
  });
});

describe("what a visitor sees where WebAssembly falls short", () => {
  it("a page that is not isolated runs on one thread, and says why", async () => {
    const { page, complaints } = await site.visit(path, { serviceWorkers: "block" });
    await page.route(`**${path}`, async (route) => {
      const response = await route.fetch();
      const { "cross-origin-opener-policy": _, "cross-origin-embedder-policy": __, ...headers } = response.headers();
      await route.fulfill({ response, headers });
    });
    await page.reload();
    await runOneStep(page);
    expect(await exampleOf(page).status()).toBe("Done on WebAssembly, 1 thread.");
    expect((await rungs(page)).at(-1)).toContain("On one thread: the page is not isolated from others");
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it.each([
    ["the worker's own script, as a bundler does that makes one of all", "self.location.href", 4, "WASM: taken. "],
    [
      "a script that says nothing",
      '"/silent.js"',
      1,
      /On one thread\. The threads of WebAssembly were started and gave no answer for 20 s\.$/,
    ],
  ])("threads that are given %s", async (_, script, threads, reason) => {
    const { page } = await site.visit(path, { serviceWorkers: "block" });
    await page.route("**/silent.js", (route) =>
      route.fulfill({ contentType: "text/javascript", headers: { "cross-origin-embedder-policy": "require-corp" } }),
    );
    // The module comes late to the threads: the first message to each is there before it.
    let fetched = 0;
    await page.route("**/ort.wasm*.js", async (route) => {
      const response = await route.fetch();
      if (fetched++) await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
      await route.fulfill({ response });
    });
    // Where nothing answers, the clock of the engine's worker runs ten times as fast: its patience is counted in seconds.
    const clock =
      threads === 1
        ? "const later = setTimeout; globalThis.setTimeout = (call, ms, ...rest) => later(call, ms / 10, ...rest);"
        : "";
    const change = `${clock} Object.defineProperty(navigator, "hardwareConcurrency", { get: () => 8 });
      globalThis.Worker = class extends Worker {
        constructor(url, options) {
          super(options.name === "em-pthread" ? ${script} : url, options);
        }
      };`;
    await page.route(worker, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${change}\n${await response.text()}` });
    });
    await runOneStep(page);
    expect(await exampleOf(page).status()).toBe(`Done on WebAssembly, ${threads} thread${threads > 1 ? "s" : ""}.`);
    expect((await rungs(page)).at(-1)).toMatch(reason);
    await page.context().close();
  });

  it.each([
    ["none", "--js-flags=--jitless", "There is no WebAssembly here"],
    ...(process.arch === "x64"
      ? [["no SIMD", "--js-flags=--no-enable-sse4-1", "WebAssembly has no SIMD here"] as const]
      : []),
  ] as [string, string, string][])("%s: the page says so at once, and again at Run", async (_, flag, said) => {
    const { page } = await site.visit(path, { flags: [flag], serviceWorkers: "block" });
    await page
      .locator(".dc-device-now")
      .filter({ hasText: `The examples cannot run here. ${said}` })
      .waitFor({ state: "attached" });
    expect(await page.locator(".dc-device option").first().textContent()).toBe("Automatic: nothing works here");
    await runOneStep(page);
    const failure = exampleOf(page).part("failure");
    expect(await failure.textContent()).toContain(said);
    expect(await failure.getByRole("link").getAttribute("href")).toMatch(/errors\/#webassembly-missing$/);
    expect(await failure.getByRole("button").count()).toBe(0);
    await page.context().close();
  });

  it("a policy of the server that forbids it is named, with what to add", async () => {
    const { page } = await site.visit(path, { serviceWorkers: "block" });
    await page.route(worker, async (route) => {
      const response = await route.fetch();
      await route.fulfill({
        response,
        headers: { ...response.headers(), "content-security-policy": "script-src 'self'" },
      });
    });
    await runOneStep(page);
    const said = await exampleOf(page).part("failure").textContent();
    expect(said).toContain("A security policy blocks WebAssembly here");
    expect(said).toContain("'wasm-unsafe-eval'");
    await page.context().close();
  });

  it("onnxruntime that cannot be loaded is a failed download, and the next try works", async () => {
    const { page } = await site.visit(path, { serviceWorkers: "block" });
    await page.route(/ort[.-][^/]*\.(m?js|wasm)$/, (route) => route.abort());
    await runOneStep(page);
    expect(await exampleOf(page).part("failure").textContent()).toContain("onnxruntime-web");
    await page.unroute(/ort[.-][^/]*\.(m?js|wasm)$/);
    await exampleOf(page).part("again").click();
    await exampleOf(page).says(/^Done on WebAssembly/);
    await page.context().close();
  });
});

it("a run goes on in a hidden tab, and its times are marked", async () => {
  const { page } = await site.visit(path);
  const example = exampleOf(page);
  const view = (state: "hidden" | "visible"): Promise<void> =>
    page.evaluate((now) => {
      Object.defineProperty(document, "hidden", { get: () => now === "hidden", configurable: true });
      Object.defineProperty(document, "visibilityState", { get: () => now, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, state);
  const session = await page.context().newCDPSession(page);
  await example.knob("steps", 16);
  await example.run();
  await example.says(/Uncached run: step/);
  await view("hidden");
  await session.send("Page.setWebLifecycleState", { state: "frozen" });
  await session.send("Page.setWebLifecycleState", { state: "active" });
  await view("visible");
  await example.says(
    /^Done on WebAssembly, .*; the page was hidden for a part of it, so the times are no measurement\.$/,
  );
  expect(await example.part("source").textContent()).toContain("the page was hidden");

  await example.knob("steps", 1);
  await example.run();
  await example.says(/^Done on WebAssembly, \d threads?\.$/);
  expect(await example.part("source").textContent()).not.toContain("hidden");
  await page.context().close();
});
