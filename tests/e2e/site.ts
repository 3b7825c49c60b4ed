import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright";
import { findChromium, softwareGpu } from "../../scripts/chromium.mjs";
import { type StaticOptions, serveStatic } from "./static-server.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

export interface Visit {
  readonly page: Page;
  /** What the page wrote to the console as an error, and every exception that nobody caught. */
  readonly complaints: string[];
  /** Paths of what it asked the site for. */
  readonly asked: Set<string>;
}

export interface Site {
  readonly address: string;
  /** Paths of all pages, from the sitemap. */
  readonly paths: readonly string[];
  /** @param options.flags of a browser of its own */
  visit(
    path: string,
    options?: BrowserContextOptions & {
      readonly gpu?: boolean;
      readonly flags?: readonly string[];
      readonly waitUntil?: "load" | "commit";
    },
  ): Promise<Visit>;
  close(): Promise<void>;
}

/** Serves the site that build.ts built, and opens pages of it in headless Chromium. */
export const openSite = async (host: StaticOptions = {}): Promise<Site> => {
  const server = await serveStatic(`${root}dist/site`, host);
  const browsers = new Map<string, Promise<Browser>>();
  const browser = (flags: readonly string[]): Promise<Browser> => {
    const executablePath = findChromium();
    const made =
      browsers.get(flags.join(" ")) ??
      chromium.launch({ ...(executablePath ? { executablePath } : {}), args: ["--no-sandbox", ...flags] });
    browsers.set(flags.join(" "), made);
    return made;
  };
  const sitemap = readFileSync(`${root}dist/site/sitemap-0.xml`, "utf8");
  return {
    address: server.address,
    paths: [...sitemap.matchAll(/<loc>(.*?)<\/loc>/g)].map(([, url = ""]) => new URL(url).pathname),
    async visit(path, { gpu = false, flags = gpu ? softwareGpu : [], waitUntil = "load", ...options } = {}) {
      const context = await (await browser(flags)).newContext({ viewport: { width: 1280, height: 900 }, ...options });
      context.setDefaultTimeout(60_000); // twice the usual: the machine may be busy
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error") complaints.push(message.text());
      });
      page.on("pageerror", ({ message }) => complaints.push(message));
      const asked = new Set<string>();
      page.on("request", (request) => {
        const { origin, pathname } = new URL(request.url());
        if (origin === server.address) asked.add(pathname);
      });
      await page.goto(new URL(path, server.address).href, { waitUntil });
      return { page, complaints, asked };
    },
    async close() {
      for (const made of browsers.values()) await (await made).close();
      await server.close();
    },
  };
};

/** The sum of what moved by itself since the page was opened, as browsers score it. */
export const layoutShift = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[])
            if (!entry.hadRecentInput) sum += entry.value;
        }).observe({ type: "layout-shift", buffered: true });
        setTimeout(() => resolve(sum), 500);
      }),
  );
