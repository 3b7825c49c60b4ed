import { fileURLToPath } from "node:url";
import { defineBrowserCommand } from "@vitest/browser-playwright";
import type { CDPSession } from "playwright";
import { type HubQuirks, openHub } from "../models/hub-answers.js";

// What tests in a browser ask of Node: a server of another origin that is like the Hub, and the browser's quota.

/** What such a server may do differently; told over a channel, so without functions. */
export interface BrowserHubQuirks extends Omit<HubQuirks, "send"> {
  /** The first answer of weights breaks off behind so many bytes. */
  readonly cutAt?: number;
  /** Weights come with their last bit changed. */
  readonly harmed?: boolean;
  /** The first answer of weights stops behind so many bytes until `release`. */
  readonly waitAt?: number;
}

const hubs = new Map<string, Awaited<ReturnType<typeof openHub>> & { readonly release: () => void }>();
const folder = fileURLToPath(new URL("../fixtures/real/dit", import.meta.url));

/** Opens a server with a small DiT; gives its origin. */
export const openBrowserHub = defineBrowserCommand(
  async (_, { cutAt, harmed = false, waitAt, ...quirks }: BrowserHubQuirks = {}): Promise<string> => {
    const open = { "access-control-allow-origin": "*" };
    let [first, release] = [true, (): void => {}];
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const send: HubQuirks["send"] = (_path, bytes, response) => {
      const begins = first;
      first = false;
      if (harmed) {
        const other = Buffer.from(bytes);
        other[bytes.length - 1] = (other[bytes.length - 1] as number) ^ 1;
        response.writeHead(200, open).end(other);
        return true;
      }
      const at = cutAt ?? waitAt;
      if (at === undefined || !begins) return false;
      response.writeHead(200, { ...open, "content-length": bytes.length });
      response.write(bytes.subarray(0, at), async () => {
        if (cutAt !== undefined) return setTimeout(() => response.destroy(), 50);
        await released;
        return response.end(bytes.subarray(at));
      });
      return true;
    };
    const hub = await openHub(folder, { ...quirks, send });
    hubs.set(hub.origin, { ...hub, release });
    return hub.origin;
  },
);

const at = (origin: string) => {
  const found = hubs.get(origin);
  if (!found) throw new Error(`no Hub was opened at ${origin}`);
  return found;
};

/** What a server was asked for so far. */
export const askedOfHub = defineBrowserCommand((_, origin: string) => [...at(origin).asked]);
/** Lets an answer go on that waits. */
export const releaseHub = defineBrowserCommand((_, origin: string) => at(origin).release());
/** Ends a server: nobody answers any more. */
export const closeHub = defineBrowserCommand((_, origin: string) => {
  at(origin).release();
  at(origin).close();
});

/** The sessions that hold a limit; Chromium lifts it with the session's end, and none may outlive its test. */
const limits: CDPSession[] = [];
/** Bytes that this origin may store, until `freeStorage`. */
export const limitStorage = defineBrowserCommand(async ({ context, page }, quotaSize: number) => {
  const session = await context.newCDPSession(page);
  limits.push(session);
  await session.send("Storage.overrideQuotaForOrigin", { origin: new URL(page.url()).origin, quotaSize });
});
/** No limit of the test's any more. */
export const freeStorage = defineBrowserCommand(async ({ page }) => {
  for (const session of limits.splice(0)) {
    await session.send("Storage.overrideQuotaForOrigin", { origin: new URL(page.url()).origin });
    await session.detach();
  }
});

export const hubCommands = { openBrowserHub, askedOfHub, releaseHub, closeHub, limitStorage, freeStorage };

/** A command as a page calls it. */
type Called<Command> = Command extends (context: never, ...args: infer Args) => infer Result
  ? (...args: Args) => Promise<Awaited<Result>>
  : never;
type Commands = { [Name in keyof typeof hubCommands]: Called<(typeof hubCommands)[Name]> };

declare module "vitest/browser" {
  interface BrowserCommands extends Commands {}
}
