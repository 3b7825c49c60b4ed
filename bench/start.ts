// From pressing Run on a page to the first step: bytes and seconds, cold and warm. Needs the built site: npm run build.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { gzipSync } from "node:zlib";
import { type Browser, chromium } from "playwright";
import { findChromium, softwareGpu } from "../scripts/chromium.mjs";
import { type Effort, type Measured, mib } from "./report.ts";

const site = new URL("../dist/site/", import.meta.url).pathname;
const page = "methods/pyramid-attention-broadcast/";
const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** Serves the site as hosts do: compressed, hashed files to be kept. Counts what it sends. */
const countingServer = async () => {
  const packed = new Map<string, Buffer>();
  const sent = { files: 0, bytes: 0 };
  const server = createServer(({ url = "/" }, response) => {
    const path = new URL(url, "http://host").pathname.slice(1);
    const file = site + path + (path === "" || path.endsWith("/") ? "index.html" : "");
    if (!existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    const type = types[extname(file)];
    const body = packed.get(file) ?? (type ? gzipSync(readFileSync(file)) : readFileSync(file));
    packed.set(file, body);
    sent.files += 1;
    sent.bytes += body.length;
    response.writeHead(200, {
      "content-type": type ?? "application/octet-stream",
      ...(type ? { "content-encoding": "gzip" } : {}),
      ...(path.startsWith("_astro/") ? { "cache-control": "public, max-age=31536000, immutable" } : {}),
    });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}/`, sent, close: () => server.closeAllConnections() };
};

/** Presses Run in a fresh page and waits for the first step. */
const pressRun = async (context: Awaited<ReturnType<Browser["newContext"]>>, address: string, backend: string) => {
  const opened = await context.newPage();
  await opened.goto(address, { waitUntil: "networkidle" });
  await opened.locator("dc-device [data-part=choice]").selectOption(backend);
  await opened.locator("dc-example [data-part=run]").scrollIntoViewIfNeeded();
  const seconds = await opened.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const part = (name: string) => document.querySelector(`dc-example [data-part=${name}]`) as HTMLElement;
        const began = performance.now();
        const watch = setInterval(() => {
          const said = part("status").textContent ?? "";
          if (/failed/.test(said)) reject(new Error(part("failure").textContent ?? said));
          if (!/step \d+ of|^Done/.test(said)) return;
          clearInterval(watch);
          resolve((performance.now() - began) / 1000);
        }, 5);
        part("run").click();
      }),
  );
  await opened.close();
  return seconds;
};

export const start = async ({ quick }: Effort): Promise<Measured | undefined> => {
  const executablePath = findChromium();
  if (!existsSync(site + page) || !executablePath) {
    console.error("start is left out: it wants dist/site (npm run build) and a Chromium.");
    return undefined;
  }
  const server = await countingServer();
  const rows: (string | number)[][] = [];
  const ways = [
    ["WASM", "wasm", []],
    ["WebGPU, software", "webgpu", softwareGpu],
  ] as const;
  for (const [name, backend, flags] of quick ? ways.slice(0, 1) : ways) {
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", ...flags] });
    const context = await browser.newContext();
    for (const state of ["cold", "warm"]) {
      const opened = { ...server.sent };
      const seconds = await pressRun(context, server.address + page, backend);
      const { files, bytes } = server.sent;
      rows.push([name, state, files - opened.files, mib(bytes - opened.bytes), seconds.toFixed(2)]);
    }
    await browser.close();
  }
  server.close();
  const wasm = readdirSync(`${site}_astro`).filter((file) => file.endsWith(".wasm"));
  const shipped = wasm
    .map((file) => `${file.replace(/\.[\w-]+\.wasm$/, "")} ${mib(statSync(`${site}_astro/${file}`).size)} MiB`)
    .join(", ");
  return {
    id: "start",
    title: "From Run to the first step",
    says: `The page of Pyramid Attention Broadcast in headless Chromium, served compressed from this machine: what is fetched from opening the page to the first step, and the seconds from pressing Run to the first step done. Cold has nothing stored; warm is a second visit. The site ships ${shipped}, before compression; the one with WebGPU is fetched only where WebGPU is tried.`,
    columns: ["Backend", "", "Files fetched", "MiB over the wire", "Seconds to first step"],
    rows,
  };
};
