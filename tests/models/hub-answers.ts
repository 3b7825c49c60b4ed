import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { listen } from "./listen.js";

/** What such a server may do differently. */
export interface HubQuirks {
  /** "org/name" of a repository that only some may read, and how it says so: 401 to strangers, 403 to those not let in. */
  readonly gated?: string;
  readonly gatedStatus?: 401 | 403;
  /** Files of the repository beside those of the folder, so that its listing has many pages. */
  readonly more?: number;
  /** Of a page of the listing; as the Hub has it unless told. */
  readonly entriesAPage?: number;
  /** Whether it lets pages of other origins read; it does. */
  readonly cors?: boolean;
  /** Changes what it sends of a file of weights. */
  readonly send?: (path: string, bytes: Buffer, response: ServerResponse, request: IncomingMessage) => boolean;
}

const sha1 = (bytes: Buffer) => createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

export const commit = "0123456789abcdef0123456789abcdef01234567";

const treeOf = (folder: string, paths: readonly string[]) =>
  paths.map((path) => {
    const bytes = readFileSync(join(folder, path));
    const large = path.endsWith(".safetensors");
    const oid = large ? "f".repeat(40) : sha1(bytes);
    const lfs = { oid: sha256(bytes), size: bytes.length, pointerSize: 134 };
    return { type: "file", oid, size: bytes.length, path, ...(large ? { lfs } : {}) };
  });

/** Answers of a server of files, with parts of them where they are asked for. */
const sendFile = (bytes: Buffer, response: ServerResponse, { headers }: IncomingMessage, open: object): void => {
  const [, first, last] = /bytes=(\d+)-(\d*)/.exec(headers.range ?? "") ?? [];
  const begin = Number(first ?? 0);
  const end = last ? Math.min(Number(last) + 1, bytes.length) : bytes.length;
  response.writeHead(first ? 206 : 200, {
    ...open,
    "accept-ranges": "bytes",
    "content-length": end - begin,
    ...(first ? { "content-range": `bytes ${begin}-${end - 1}/${bytes.length}` } : {}),
  });
  response.end(bytes.subarray(begin, end));
};

/**
 * A server with the paths of the Hub: /api/models/ORG/NAME/revision/REV, /api/models/ORG/NAME/tree/COMMIT?recursive=true (in
 * pages that a Link header joins) and /ORG/NAME/resolve/COMMIT/PATH, which for weights is a redirect to a server of files.
 * Answers have the fields and headers that huggingface.co's have. Files are those of a folder, whatever the repository; its
 * revisions are "main" and "refs/pr/1".
 */
export const openHub = async (
  folder: string,
  { gated, gatedStatus = 401, more = 0, entriesAPage = 1000, cors = true, send }: HubQuirks = {},
) => {
  // Pages of every origin may read, the reason of a refusal too.
  const open = cors
    ? { "access-control-allow-origin": "*", "access-control-expose-headers": "X-Error-Code,Link,Content-Range" }
    : {};
  const asked: string[] = [];
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  const others = Array.from({ length: more }, (_, at) => ({
    ...{ type: "file", oid: "1".repeat(40), size: 1, path: `samples/${String(at).padStart(5, "0")}.png` },
  }));
  const folders = [{ type: "directory", oid: "0".repeat(40), size: 0, path: "transformer" }];
  const entries = [...folders, ...others, ...treeOf(folder, paths)];
  const files = await listen((url, response, request) => {
    const path = decodeURIComponent(url.replace(/\?.*/, ""));
    asked.push(`file ${path} ${request.headers.range ?? ""}`.trim());
    const bytes = readFileSync(join(folder, path));
    if (!send?.(path, bytes, response, request)) sendFile(bytes, response, request, open);
  });
  const hub = await listen((url, response, { headers }) => {
    asked.push(url);
    const refuse = (status: number, code: string) =>
      response.writeHead(status, { ...open, "x-error-code": code }).end();
    const json = (value: unknown, extra = {}) =>
      response.writeHead(200, { ...open, ...extra, "content-type": "application/json" }).end(JSON.stringify(value));
    const [, api, revision] = /^api\/models\/([^/]+\/[^/]+)\/revision\/(.+)$/.exec(url) ?? [];
    if (api === "nobody/nothing") return refuse(401, "RepoNotFound");
    if (revision !== undefined) {
      const known = ["main", "refs/pr/1", commit].includes(decodeURIComponent(revision));
      return known ? json({ id: api, sha: commit }) : refuse(404, "RevisionNotFound");
    }
    const [, tree, cursor = "0"] =
      new RegExp(`^(api/models/[^/]+/[^/]+/tree/${commit}\\?recursive=true)(?:&cursor=(\\d+))?$`).exec(url) ?? [];
    if (tree) {
      const end = Number(cursor) + entriesAPage;
      const next = { link: `<http://${headers.host}/${tree}&cursor=${end}>; rel="next"` };
      return json(entries.slice(Number(cursor), end), end < entries.length ? next : {});
    }
    const [, repository, path = ""] = new RegExp(`^([^/]+/[^/]+)/resolve/${commit}/(.+)$`).exec(url) ?? [];
    if (repository !== undefined && repository === gated) return refuse(gatedStatus, "GatedRepo");
    if (!paths.includes(path)) return refuse(404, "EntryNotFound");
    if (path.endsWith(".safetensors"))
      return response.writeHead(302, { ...open, location: `${files.address}${path}?sig=abc` }).end();
    return response.writeHead(200, open).end(readFileSync(join(folder, path)));
  });
  /** The model of an organisation on this Hub, as an address. */
  const at = (repository: string): string => `hub:${hub.address}${repository}`;
  const close = (): void => {
    hub.close();
    files.close();
  };
  return { at, asked, origin: hub.address.slice(0, -1), close };
};
