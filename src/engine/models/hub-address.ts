import { EngineError, shown } from "../errors.js";

/** A folder of a model repository at one revision. */
export interface HubAddress {
  /** Where its pages and its API are: "https://huggingface.co", or a mirror's. */
  readonly origin: string;
  /** "organisation/model". */
  readonly repository: string;
  /** A branch, a tag, a commit, or "refs/pr/3". */
  readonly revision: string;
  /** "" for the whole repository, or a path that ends in "/". */
  readonly folder: string;
}

const hub = "https://huggingface.co";
const name = /^[\w][\w.-]*$/;
const pasted = /^(?:https?:\/\/)?(?:www\.)?(?:huggingface\.co|hf\.co)\//i;

const refuse = (address: string, why: string): EngineError =>
  new EngineError("input-invalid", `${shown(address, 120)} names no model on the Hub: ${why}.`, {
    hint: 'Write it as "hub:organisation/model" or "hub:organisation/model@revision", or paste the address of its page.',
  });

const folderOf = (parts: readonly string[]): string => (parts.length > 0 ? `${parts.join("/")}/` : "");

/** "main", or the three parts of refs/pr/3; and what follows. */
const revisionIn = (parts: readonly string[]): readonly [revision: string, rest: readonly string[]] =>
  parts[0] === "refs" ? [parts.slice(0, 3).join("/"), parts.slice(3)] : [parts[0] ?? "main", parts.slice(1)];

/**
 * What an address on the Hub names: "hub:organisation/model", with "@revision" and a folder where wanted, the same on a
 * mirror ("hub:https://mirror.example/organisation/model"), or a page's address as people paste it. Undefined where it is
 * another kind of address.
 *
 * @throws EngineError "input-invalid"
 */
export const hubAddress = (address: string): HubAddress | undefined => {
  const isPasted = pasted.test(address);
  if (!isPasted && !address.startsWith("hub:")) return undefined;
  const [, mirror, path = ""] = /^(?:hub:)?(https?:\/\/[^/]+)?\/*(.*)$/.exec(
    isPasted ? address.replace(pasted, "") : address,
  ) as unknown as [string, string | undefined, string];
  const [plain = "", ...at] = path.replace(/[?#].*$/, "").split("@");
  const [owner = "", model = "", ...rest] = plain.split("/").filter(Boolean).map(decoded(address));
  if (isPasted && ["datasets", "spaces", "collections", "docs", "papers"].includes(owner))
    throw refuse(address, `it is one of the Hub's ${owner}`);
  if (!name.test(owner) || !name.test(model)) throw refuse(address, "there is no organisation/model in it");
  const found = { origin: mirror ?? hub, repository: `${owner}/${model}` };
  if (at.length > 0) {
    const revision = decoded(address)(at.join("@")).replace(/^\/+|\/+$/g, "");
    if (revision === "") throw refuse(address, "the revision after @ is missing");
    return { ...found, revision, folder: folderOf(rest) };
  }
  const [kind = "", ...below] = rest;
  if (!["tree", "blob", "resolve", "raw", "commit"].includes(kind))
    return { ...found, revision: "main", folder: folderOf(rest) };
  const [revision, inside] = revisionIn(below.flatMap((part) => part.split("/")));
  const isFile = kind !== "tree" && /\.\w+$/.test(inside.at(-1) ?? "");
  return { ...found, revision, folder: folderOf(isFile ? inside.slice(0, -1) : inside) };
};

const decoded =
  (address: string) =>
  (part: string): string => {
    try {
      return decodeURIComponent(part);
    } catch {
      throw refuse(address, `${shown(part, 60)} is not encoded as addresses are`);
    }
  };
