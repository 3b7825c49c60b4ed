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
 * Asks for an address of another origin, and says why a page may not have it: by its own policy, or because the server
 * lets no other page read (CORS).
 *
 * @param rest whether some of the file has come before, so that the address is allowed
 * @throws EngineError "download-failed"; what `ask` throws where nothing better is known
 */
export const allowed = async (where: string, rest: boolean, ask: () => Promise<Response>): Promise<Response> => {
  const own = globalThis.location?.origin; // Node has none
  if (rest || own === undefined || originOf(where) === own) return ask();
  const stopped: SecurityPolicyViolationEvent[] = [];
  const listen = (event: Event): void => void stopped.push(event as SecurityPolicyViolationEvent);
  globalThis.addEventListener("securitypolicyviolation", listen);
  try {
    return await ask();
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    const answered = await answers(where); // The event comes after the error; this takes a turn in any case.
    const found = stopped.find(({ effectiveDirective }) => effectiveDirective === "connect-src");
    if (found)
      throw refused(
        `This page's policy does not let it load from ${found.blockedURI || originOf(where)}.`,
        "Name that host in the connect-src of the page's Content-Security-Policy, or put the files on the page's own server.",
        cause,
      );
    if (answered)
      throw refused(
        `${originOf(where)} does not let pages of other origins read ${where} (CORS).`,
        "Serve it with Access-Control-Allow-Origin, or put the files on the page's own server.",
        cause,
      );
    if (globalThis.crossOriginIsolated && (await ownServerAnswers(own)))
      throw refused(
        `${originOf(where)} gives this page no answer for ${where}: it is down, or lets no page of another origin read (CORS).`,
        "Open that address in a tab. If it answers there, it has to send Access-Control-Allow-Origin; or put the files on the page's own server.",
        cause,
      );
    throw cause;
  } finally {
    globalThis.removeEventListener("securitypolicyviolation", listen);
  }
};
