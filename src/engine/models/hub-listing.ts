import { EngineError } from "../errors.js";
import { accept, aText, fields, listOf, wholeFrom } from "../expect.js";
import { downloads } from "./downloads.js";
import type { FileCache } from "./file-cache.js";
import type { HubAddress } from "./hub-address.js";
import type { Expected, ReadOptions } from "./source.js";
import type { Explain } from "./transfer.js";

/** A repository at one commit: what its own data says of each file. */
export interface HubListing {
  readonly commit: string;
  readonly files: readonly ({ readonly path: string } & Expected)[];
}

/** What the Hub's refusals mean, and what to do. */
export const hubRefusal =
  ({ origin, repository, revision }: HubAddress): Explain =>
  ({ status, headers }) => {
    const code = headers.get("x-error-code");
    const page = `${origin}/${repository}`;
    const refuse = (message: string, hint: string) => new EngineError("download-failed", message, { hint });
    if (code === "GatedRepo" || (status === 403 && code === null))
      return refuse(
        `${repository} is gated: the Hub gives its files only to those who have accepted its conditions (${status}).`,
        `Accept them at ${page}, run: hf auth login, then: hf download ${repository} --local-dir DIR, and give that folder.`,
      );
    if (code === "RevisionNotFound")
      return refuse(
        `${repository} has no revision ${revision} on the Hub.`,
        `See its commits at ${page}/commits/main.`,
      );
    if (code === "RepoNotFound" || status === 401)
      return refuse(
        `The Hub has no public model ${repository} (${status}).`,
        `Check the name at ${page}; of a private model give the folder: hf download ${repository} --local-dir DIR.`,
      );
    return undefined;
  };

const isCommit = (revision: string): boolean => /^[0-9a-f]{40}$/.test(revision);

const aCommit = fields({ sha: aText });
const aTree = listOf(fields({ type: aText, path: aText, "size?": wholeFrom(0), "oid?": aText }), { most: 1e5 });

interface TreeEntry {
  readonly type: string;
  readonly path: string;
  readonly size: number;
  readonly oid: string;
  readonly lfs?: { readonly oid: string; readonly size: number } | null;
}

/** Large files are kept by their SHA-256, small ones by git's own hash. */
const fileOf = ({ path, size, oid, lfs }: TreeEntry): HubListing["files"][number] =>
  lfs ? { path, bytes: lfs.size, sha256: lfs.oid.replace(/^sha256:/, "") } : { path, bytes: size, gitBlob: oid };

/**
 * What a repository holds: the commit that its revision stands for, and every file of it with size and hash, from the Hub's
 * own listing. Without a network what was read last; of a commit, which never changes, what was read once.
 *
 * @throws EngineError "download-failed", "file-invalid", "stopped"
 */
export const hubListing = async (
  address: HubAddress,
  cache: FileCache,
  { signal }: Pick<ReadOptions, "signal">,
): Promise<HubListing> => {
  const { origin, repository, revision } = address;
  const key = `${origin}/${repository}@${revision}`;
  const kept = await cache.text(key);
  if (kept !== undefined && isCommit(revision)) return JSON.parse(kept) as HubListing;
  const retries = kept === undefined ? 2 : 0;
  const api = `${origin}/api/models/${repository}`;
  let refused = false;
  const explain: Explain = (response) => {
    const error = hubRefusal(address)(response);
    refused ||= error !== undefined;
    return error;
  };
  const json = async (base: string, path: string): Promise<unknown> => {
    const files = downloads(base, { cache, retries, explain });
    const bytes = await files.read(path, { signal });
    try {
      return JSON.parse(new TextDecoder().decode(bytes));
    } catch (cause) {
      throw new EngineError("file-invalid", `${base}/${path} did not answer in JSON.`, {
        hint: `Check that ${origin} is the Hub, or a mirror of it.`,
        cause,
      });
    }
  };
  try {
    const found = await json(api, `revision/${encodeURIComponent(revision)}`);
    accept(`The answer of ${api}`, { revision: [found, aCommit] });
    const { sha: commit } = found as { sha: string };
    const tree = await json(`${api}/tree?recursive=true`, commit);
    accept(`The answer of ${api}`, { tree: [tree, aTree] });
    const files = (tree as readonly TreeEntry[]).filter(({ type }) => type === "file").map(fileOf);
    const listing = { commit, files };
    await cache.keepText(key, JSON.stringify(listing));
    return listing;
  } catch (error) {
    const silent = error instanceof EngineError && error.code === "download-failed" && !refused;
    if (kept !== undefined && silent) return JSON.parse(kept) as HubListing;
    throw error;
  }
};
