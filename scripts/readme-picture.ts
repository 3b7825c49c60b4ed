// Photographs the first page of the built site in both schemes, as the README shows it: npm run picture
import { chromium } from "playwright";
import sharp from "sharp";
import { serveStatic } from "../tests/e2e/static-server.ts";
import { findChromium } from "./chromium.mjs";

const server = await serveStatic("dist/site");
const executablePath = findChromium();
const browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: ["--no-sandbox"] });
for (const colorScheme of ["light", "dark"] as const) {
  // Without motion: the middle frame of both clips, and their strips full.
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, colorScheme, reducedMotion: "reduce" });
  await page.goto(server.address, { waitUntil: "networkidle" });
  const picture = await page.screenshot();
  await sharp(picture)
    .png({ palette: true, compressionLevel: 9 })
    .toFile(`site/pictures/first-page-${colorScheme}.png`);
  await page.close();
}
await browser.close();
await server.close();
