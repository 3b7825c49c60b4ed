import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { serve } from "./serve.js";

/** What such a server may do differently. */
export interface HubQuirks {
  /** "org/name" of a repository that only some may read. */
  readonly gated?: string;
  /** Changes what it sends of a file of weights. */
  readonly send?: (path: string, bytes: Buffer, response: ServerResponse, request: IncomingMessage) => boolean;
}

/** Pages of every origin may read, the reason of a refusal too. */
const open = { "access-control-allow-origin": "*", "access-control-expose-headers": "X-Error-Code,Content-Range" };

const sha1 = (bytes: Buffer) => createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

export const commit = "0123456789abcdef0123456789abcdef01234567";

/**
 * A server with the paths of the Hub: /api/models/ORG/NAME/revision/REV, /api/models/ORG/NAME/tree/COMMIT?recursive=true and
 * /ORG/NAME/resolve/COMMIT/PATH, which for weights is a redirect to a server of files. Answers have the fields and headers
 * that huggingface.co's have. Files are those of a folder, whatever the repository; its revisions are "main" and "refs/pr/1".
 */
export const serveHub = async (folder: string, { gated, send }: HubQuirks = {}) => {
  const asked: string[] = [];
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  const tree = paths.map((path) => {
    const bytes = readFileSync(join(folder, path));
    const large = path.endsWith(".safetensors");
    const oid = large ? "f".repeat(40) : sha1(bytes);
    const lfs = { oid: sha256(bytes), size: bytes.length, pointerSize: 134 };
    return { type: "file", oid, size: bytes.length, path, ...(large ? { lfs } : {}) };
  });
  const files = await serve((url, response, request) => {
    const path = decodeURIComponent(url.replace(/\?.*/, ""));
    asked.push(`file ${path} ${request.headers.range ?? ""}`.trim());
    const bytes = readFileSync(join(folder, path));
    if (send?.(path, bytes, response, request)) return;
    const [, from] = /bytes=(\d+)-/.exec(request.headers.range ?? "") ?? [];
    const begin = Number(from ?? 0);
    const headers = { "content-range": `bytes ${begin}-${bytes.length - 1}/${bytes.length}` };
    response.writeHead(from ? 206 : 200, {
      ...open,
      "content-length": bytes.length - begin,
      ...(from ? headers : {}),
    });
    response.end(bytes.subarray(begin));
  });
  const hub = await serve((url, response) => {
    asked.push(url);
    const refuse = (status: number, code: string) =>
      response.writeHead(status, { ...open, "x-error-code": code }).end();
    const json = (value: unknown) =>
      response.writeHead(200, { ...open, "content-type": "application/json" }).end(JSON.stringify(value));
    const [, api, revision] = /^api\/models\/([^/]+\/[^/]+)\/revision\/(.+)$/.exec(url) ?? [];
    if (api === "nobody/nothing") return refuse(401, "RepoNotFound");
    if (revision !== undefined) {
      const known = ["main", "refs/pr/1", commit].includes(decodeURIComponent(revision));
      return known ? json({ id: api, sha: commit }) : refuse(404, "RevisionNotFound");
    }
    if (new RegExp(`^api/models/[^/]+/[^/]+/tree/${commit}\\?recursive=true$`).test(url))
      return json([{ type: "directory", oid: "0".repeat(40), size: 0, path: "transformer" }, ...tree]);
    const [, repository, path = ""] = new RegExp(`^([^/]+/[^/]+)/resolve/${commit}/(.+)$`).exec(url) ?? [];
    if (repository !== undefined && repository === gated) return refuse(401, "GatedRepo");
    if (!paths.includes(path)) return refuse(404, "EntryNotFound");
    if (path.endsWith(".safetensors"))
      return response.writeHead(302, { ...open, location: `${files}${path}?sig=abc` }).end();
    return response.writeHead(200, open).end(readFileSync(join(folder, path)));
  });
  /** The model of an organisation on this Hub, as an address. */
  const at = (repository: string): string => `hub:${hub}${repository}`;
  return { at, asked, origin: hub.slice(0, -1) };
};
