import { existsSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

export const dist = fileURLToPath(new URL("../../dist/site", import.meta.url));

const texts = [".html", ".css", ".js", ".mjs", ".woff2"];
export const pictures = [".png", ".webp", ".svg"];

/**
 * HTML, styles, scripts and fonts, compressed, and files with the endings of `more`. Left out is what a browser fetches
 * when it has nothing else to do or when the reader gets there: the search dialogue, and the plotting library under a chart.
 *
 * @param asked paths that a page asked the site for
 */
export const firstViewBytes = (asked: ReadonlySet<string>, more: readonly string[] = []): number =>
  [...asked]
    .map((path) => dist + decodeURIComponent(path) + (path.endsWith("/") ? "index.html" : ""))
    .filter((file) => existsSync(file) && [...texts, ...more].includes(extname(file)))
    .map((file) => readFileSync(file))
    .filter((bytes) => !/pagefind-ui__|--plot-background/.test(bytes.toString()))
    .reduce((sum, bytes) => sum + gzipSync(bytes).length, 0);
