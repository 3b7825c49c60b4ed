import { EngineError } from "../errors.js";
import { accept, aText, fields, listOf, wholeFrom } from "../expect.js";
import type { FileCache } from "./file-cache.js";
import { persist } from "./http/attempts.js";
import type { Explain } from "./http/transfer.js";
import type { HubAddress } from "./hub-address.js";
import { inMemory } from "./in-memory.js";
import type { Expected, ReadOptions } from "./source.js";

/** A repository at one commit: what its own data says of each file. */
export interface HubListing {
  readonly commit: string;
  readonly files: readonly ({ readonly path: string } & Expected)[];
}

/** What the Hub's refusals mean, and what to do. */
export const hubRefusal =
  ({ origin, repository, revision }: HubAddress): Explain =>
  ({ status, headers, url }) => {
    if (new URL(url).origin !== new URL(origin).origin) return undefined; // a server of files speaks not for the Hub
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

/** More files than a repository with a model has. */
const mostEntries = 1e5;

const notTheHub = (where: string, what: string, origin: string, cause?: unknown): EngineError =>
  new EngineError("file-invalid", `${where} ${what}.`, {
    hint: `Check that ${origin} is the Hub, or a mirror of it.`,
    cause,
  });

/**
 * Where the next thousand entries of a listing are, by its Link header (RFC 8288). Of its address the query is taken alone:
 * a mirror may hand on the Hub's own.
 */
const nextPage = (where: string, link: string | null): string | undefined => {
  const [, target] = /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(link ?? "") ?? [];
  return target === undefined ? undefined : new URL(new URL(target, where).search, where).href;
};

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
  /** What an address answers, and the address of what follows. */
  const json = async (where: string): Promise<{ readonly value: unknown; readonly next: string | undefined }> => {
    const arrived = inMemory(undefined);
    let next: string | undefined;
    const onAnswer = ({ headers }: Response): void => {
      next = nextPage(where, headers.get("link"));
    };
    await persist(where, arrived, { signal }, { retries, explain, onAnswer });
    try {
      return { value: JSON.parse(new TextDecoder().decode(arrived.joined())), next };
    } catch (cause) {
      throw notTheHub(where, "did not answer in JSON", origin, cause);
    }
  };
  const tree = async (commit: string): Promise<readonly TreeEntry[]> => {
    const entries: TreeEntry[] = [];
    const seen = new Set<string>();
    for (let where: string | undefined = `${api}/tree/${commit}?recursive=true`; where !== undefined; ) {
      if (seen.size === seen.add(where).size) throw notTheHub(where, "follows itself in a listing", origin);
      const { value, next }: Awaited<ReturnType<typeof json>> = await json(where);
      accept(`The answer of ${api}`, { tree: [value, aTree] });
      entries.push(...(value as readonly TreeEntry[]));
      if (entries.length > mostEntries) throw notTheHub(where, `lists more than ${mostEntries} files`, origin);
      where = next;
    }
    return entries;
  };
  try {
    const { value: found } = await json(`${api}/revision/${encodeURIComponent(revision)}`);
    accept(`The answer of ${api}`, { revision: [found, aCommit] });
    const { sha: commit } = found as { sha: string };
    const files = (await tree(commit)).filter(({ type }) => type === "file").map(fileOf);
    const listing = { commit, files };
    await cache.keepText(key, JSON.stringify(listing));
    return listing;
  } catch (error) {
    const silent = error instanceof EngineError && error.code === "download-failed" && !refused;
    if (kept !== undefined && silent) return JSON.parse(kept) as HubListing;
    throw error;
  }
};
