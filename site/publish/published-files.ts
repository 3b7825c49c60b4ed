import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What is not worth keeping for a visit without a network, or is kept by the engine. */
const left = /\.(safetensors|zip|txt|xml|conf)$|^(cards\/|_headers|\.htaccess|service-worker\.js)/;

/**
 * The files of a built site: path → "" for a page, which hosts may add to; else the first 12 signs of its SHA-256 in
 * base64.
 */
export const publishedFiles = (root: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(root, { recursive: true, encoding: "utf8" })
      .map((file) => file.replaceAll("\\", "/"))
      .filter((file) => !left.test(file) && statSync(join(root, file)).isFile())
      .toSorted()
      .map((file) => {
        if (file.endsWith(".html")) return [file, ""];
        const hash = createHash("sha256").update(readFileSync(join(root, file)));
        return [file, hash.digest("base64").slice(0, 12)];
      }),
  );

/** Tells the service worker what was published: it keeps nothing else. */
export const offlineFiles = () => ({
  name: "offline-files",
  hooks: {
    "astro:build:done": ({ dir }: { readonly dir: URL }): void => {
      const root = fileURLToPath(dir);
      const worker = join(root, "service-worker.js");
      const [before, after, ...more] = readFileSync(worker, "utf8").split("const published = {};");
      if (after === undefined || more.length > 0)
        throw new Error("service-worker.js has no place for the published files");
      writeFileSync(worker, `${before}const published = ${JSON.stringify(publishedFiles(root))};${after}`);
    },
  },
});
