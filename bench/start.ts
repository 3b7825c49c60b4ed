// From pressing Run on a page to the first step: bytes and seconds, cold and warm. Needs the built site: npm run build.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright";
import { findChromium } from "../scripts/chromium.mjs";
import { serveStatic } from "../tests/e2e/static-server.ts";
import { type Effort, mib, type Section } from "./report.ts";

const site = new URL("../dist/site/", import.meta.url).pathname;

export const start = async ({ quick }: Effort): Promise<Section | undefined> => {
  const executablePath = findChromium();
  if (!existsSync(`${site}index.html`) || !executablePath) {
    console.error("start is left out: it wants dist/site (npm run build) and a Chromium.");
    return undefined;
  }
  const server = await serveStatic(site);
  const rows: (string | number)[][] = [];
  const ways = [
    ["WASM", "wasm", []],
    ["WebGPU, software", "webgpu", ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]],
  ] as const;
  for (const [name, backend, flags] of quick ? ways.slice(0, 1) : ways) {
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", ...flags] });
    const context = await browser.newContext();
    await context.addInitScript((value) => localStorage.setItem("dc-backend", value), backend);
    for (const state of ["cold", "warm"]) {
      const page = await context.newPage();
      await page.goto(`${server.address}/methods/first-block-cache/`, { waitUntil: "networkidle" });
      let [raw, packed] = [0, 0];
      page.on("response", (response) => {
        const file = site + new URL(response.url()).pathname.slice(1);
        if (!existsSync(file) || !statSync(file).isFile()) return;
        raw += statSync(file).size;
        packed += gzipSync(readFileSync(file)).length;
      });
      const seconds = await page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            const began = performance.now();
            const status = document.querySelector("dc-example [data-part=status]") as HTMLElement;
            new MutationObserver((_, observer) => {
              if (!/step \d+ of/i.test(status.textContent ?? "")) return;
              observer.disconnect();
              resolve((performance.now() - began) / 1000);
            }).observe(status, { childList: true, subtree: true, characterData: true });
            (document.querySelector("dc-example [data-part=run]") as HTMLElement).click();
          }),
      );
      rows.push([name, state, mib(raw), mib(packed), seconds.toFixed(2)]);
      await page.close();
    }
    await browser.close();
  }
  await server.close();
  const wasm = readdirSync(`${site}_astro`).filter((file) => file.endsWith(".wasm"));
  const shipped = wasm
    .map((file) => `${file.split(".")[0]} ${mib(statSync(`${site}_astro/${file}`).size)} MiB`)
    .join(", ");
  return {
    id: "start",
    title: "From Run to the first step",
    command: "npm run build && npm run bench -- --only start",
    says: `latte-motion-nano on its page in headless Chromium, served from this machine: what is fetched after Run is pressed, as files and as gzip would send them, and the seconds until the first step is done. Cold has nothing stored; warm is a second visit. The site ships ${shipped}; the one with WebGPU is fetched where WebGPU is chosen alone.`,
    columns: ["Backend", "", "Fetched, MiB", "gzip, MiB", "Seconds to first step"],
    rows,
  };
};
