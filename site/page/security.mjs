import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Inline scripts of a page: those without src that are JavaScript. */
const inlineScripts = (html) =>
  [...html.matchAll(/<script(?<attributes>[^>]*)>(?<code>[\s\S]*?)<\/script>/g)]
    .filter(
      ({ groups }) => !/\ssrc=/.test(groups.attributes) && !/type="(?!module|text\/javascript)/.test(groups.attributes),
    )
    .map(({ groups }) => groups.code)
    .filter((code) => code !== "");

/** Hosts that a part of the page loads from. */
const connecting = (html) => (/ data-connect="([^"]*)"/.exec(html)?.[1] ?? "").split(" ").filter(Boolean);

const hashOf = (code) => `'sha256-${createHash("sha256").update(code).digest("base64")}'`;

/**
 * What a page may do: run the site's own scripts and WebAssembly, and talk to the site alone. Scripts that a page holds
 * itself are named by their hash. A page with a part that says so (`data-connect`) may load from other hosts too. Styles may stand in attributes: charts and code blocks set them there.
 */
export const policyOf = (hashes, hosts = []) =>
  [
    "default-src 'self'",
    `script-src 'self' 'wasm-unsafe-eval' blob: ${hashes.join(" ")}`.trim(),
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    ["connect-src 'self' data: blob:", ...hosts].join(" "),
    "worker-src 'self' blob:",
    "frame-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
  ].join("; ");

/** What every answer should carry besides; a page cannot say these of itself. */
export const headers = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
  "Content-Security-Policy": "frame-ancestors 'self'",
  // A page of its own, so that WebAssembly may use threads.
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  // A sandboxed frame counts as another origin, and the page of a notebook's cells is shown in one.
  "Cross-Origin-Resource-Policy": "cross-origin",
};

const immutable = "public, max-age=31536000, immutable";

/** "docs", "/docs" and "/docs/" are the same base. */
const withSlashes = (base) => `/${base.split("/").filter(Boolean).join("/")}/`.replace("//", "/");

/** The same headers as hosts read them: Netlify and Cloudflare Pages, Apache, nginx. */
export const headerFiles = (asGiven) => {
  const base = withSlashes(asGiven);
  const lines = Object.entries(headers);
  return {
    _headers: [
      `${base}*`,
      ...lines.map(([name, value]) => `  ${name}: ${value}`),
      `${base}_astro/*`,
      `  Cache-Control: ${immutable}`,
      "",
    ].join("\n"),
    ".htaccess": [
      "<IfModule mod_headers.c>",
      ...lines.map(([name, value]) => `  Header set ${name} "${value}"`),
      `  <FilesMatch "\\.[A-Za-z0-9_-]{8}\\.(js|css|wasm|mjs)$">`,
      `    Header set Cache-Control "${immutable}"`,
      "  </FilesMatch>",
      "</IfModule>",
      "",
    ].join("\n"),
    "nginx-headers.conf": [
      "# include this file in the location that serves the site",
      ...lines.map(([name, value]) => `add_header ${name} "${value}" always;`),
      "",
    ].join("\n"),
  };
};

/** Writes a policy into every built page, so that it holds on any host, and header files for the hosts that read them. */
export const security = (base) => ({
  name: "security",
  hooks: {
    "astro:build:done": ({ dir, logger }) => {
      const root = fileURLToPath(dir);
      const pages = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".html"));
      for (const page of pages) {
        const file = join(root, page);
        const html = readFileSync(file, "utf8");
        if (html.includes('http-equiv="Content-Security-Policy"')) continue;
        const policy = policyOf([...new Set(inlineScripts(html).map(hashOf))], connecting(html));
        writeFileSync(
          file,
          html.replace(
            /<meta charset[^>]*>/,
            (charset) => `${charset}<meta http-equiv="Content-Security-Policy" content="${policy}">`,
          ),
        );
      }
      for (const [name, text] of Object.entries(headerFiles(base))) writeFileSync(join(root, name), text);
      logger.info(`policy in ${pages.length} pages`);
    },
  },
});
