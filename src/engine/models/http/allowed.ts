/**
 * Asks for an address, and where it is of another origin says after one try why the page may not have it.
 *
 * @param rest whether some of the file has come before, so that the address is allowed
 * @throws EngineError "download-failed"; what `ask` throws where nothing better is known
 */
export const allowed = async (where: string, rest: boolean, ask: () => Promise<Response>): Promise<Response> => {
  const own = globalThis.location?.origin; // Node has none
  if (rest || own === undefined || new URL(where).origin === own) return ask();
  const stopped: SecurityPolicyViolationEvent[] = [];
  const listen = (event: Event): void => void stopped.push(event as SecurityPolicyViolationEvent);
  globalThis.addEventListener("securitypolicyviolation", listen);
  try {
    return await ask();
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    const reasons = await import("./refusals.js").catch(() => undefined); // no network, no reasons
    throw (await reasons?.refusalOf(where, own, stopped, cause)) ?? cause;
  } finally {
    globalThis.removeEventListener("securitypolicyviolation", listen);
  }
};
