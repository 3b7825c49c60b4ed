import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".wasm": "application/wasm",
  ".xml": "application/xml",
};

export interface StaticServer {
  readonly address: string;
  close(): Promise<void>;
}

/** The rules of a `_headers` file that hold for every path, as Netlify and Cloudflare Pages read them. */
const headersFor = (folder: string): Record<string, string> => {
  const file = join(folder, "_headers");
  if (!existsSync(file)) return {};
  const [rule = ""] = readFileSync(file, "utf8").split(/\n(?=\S)/);
  return Object.fromEntries(
    [...rule.matchAll(/^ {2}([\w-]+): (.*)$/gm)].map(([, name = "", value = ""]) => [name, value]),
  );
};

export interface StaticOptions {
  /** Without the headers that the folder asks for. */
  readonly plain?: boolean;
  /** What a host answers to a path in place of its file: another status, a page of HTML, or nothing at all. */
  readonly odd?: (path: string) => number | "html" | "silence" | undefined;
  /** Where a file is cut in two, and what its second half waits for. */
  readonly cut?: (path: string, bytes: Buffer) => { readonly at: number; readonly until: Promise<void> } | undefined;
}

/** Serves a folder as a static host does: index.html of folders, 404 otherwise, the headers that the folder asks for. */
export const serveStatic = async (
  folder: string,
  { plain = false, odd = () => undefined, cut = () => undefined }: StaticOptions = {},
): Promise<StaticServer> => {
  const extra = plain ? {} : headersFor(folder);
  const server = createServer(async ({ url = "/" }, response) => {
    const path = decodeURIComponent(new URL(url, "http://host").pathname);
    const instead = odd(path);
    if (instead === "silence") return;
    if (instead !== undefined) {
      response.writeHead(instead === "html" ? 200 : instead, { ...extra, "content-type": "text/html" });
      return void response.end("<!doctype html><p>An error of the host");
    }
    const file = join(folder, normalize(path), path.endsWith("/") ? "index.html" : "");
    try {
      const bytes = await readFile(file);
      response.writeHead(200, { ...extra, "content-type": types[extname(file)] ?? "application/octet-stream" });
      const { at, until } = cut(path, bytes) ?? { at: 0, until: Promise.resolve() };
      response.write(bytes.subarray(0, at));
      await until;
      response.end(bytes.subarray(at));
    } catch {
      response.writeHead(404, { "content-type": "text/plain" });
      response.end("not found");
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};
