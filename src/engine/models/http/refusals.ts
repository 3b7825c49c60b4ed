import { EngineError } from "../../errors.js";

// To a page, an address that it may not read looks like a broken network. What tells them apart is told after one try.

const refused = (message: string, hint: string, cause: unknown): EngineError =>
  new EngineError("download-failed", message, { hint, cause });

/** Whether something answers at an address, whatever it says: an answer that the page cannot look into. */
const answers = async (where: string): Promise<boolean> => {
  try {
    await fetch(where, { mode: "no-cors", method: "HEAD", cache: "no-store" });
    return true;
  } catch {
    return false; // Nobody there; or a page that is isolated from others, which may not even ask.
  }
};

/**
 * Whether the page's own server answers, so that the network is there. A page that is isolated from others is not told
 * whether somebody answers elsewhere.
 */
const ownServerAnswers = async (own: string): Promise<boolean> => {
  try {
    await fetch(`${own}/`, { method: "HEAD", cache: "no-store" });
    return true;
  } catch {
    return false;
  }
};

const originOf = (where: string): string => new URL(where).origin;

/**
 * Why a page may not have an address of another origin: by its own policy, or because the server lets no other page read
 * (CORS); undefined where nothing is known but that it failed.
 *
 * @param own the page's origin
 * @param stopped what the page's policy stopped while it was asked for; more may come
 */
export const refusalOf = async (
  where: string,
  own: string,
  stopped: readonly SecurityPolicyViolationEvent[],
  cause: unknown,
): Promise<EngineError | undefined> => {
  const answered = await answers(where); // The event comes after the error; this takes a turn in any case.
  const found = stopped.find(({ effectiveDirective }) => effectiveDirective === "connect-src");
  if (found)
    return refused(
      `This page's policy does not let it load from ${found.blockedURI || originOf(where)}.`,
      "Name that host in the connect-src of the page's Content-Security-Policy, or put the files on the page's own server.",
      cause,
    );
  if (answered)
    return refused(
      `${originOf(where)} does not let pages of other origins read ${where} (CORS).`,
      "Serve it with Access-Control-Allow-Origin, or put the files on the page's own server.",
      cause,
    );
  if (globalThis.crossOriginIsolated && (await ownServerAnswers(own)))
    return refused(
      `${originOf(where)} gives this page no answer for ${where}: it is down, or lets no page of another origin read (CORS).`,
      "Open that address in a tab. If it answers there, it has to send Access-Control-Allow-Origin; or put the files on the page's own server.",
      cause,
    );
  return undefined;
};
