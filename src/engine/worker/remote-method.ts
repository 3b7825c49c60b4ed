import { answerOf, patienceSeconds } from "../backends/patience.js";
import { namedSites } from "../cache/decide.js";
import { loadDecomposition } from "../cache/decomposition.js";
import { methodFromName } from "../cache/methods/index.js";
import { EngineError, shown } from "../errors.js";
import { anObject, aText, type Check, fields, is, listOf } from "../expect.js";
import type { CacheMethod, Decision, Probe, RunFacts, Site, SiteMap, Visit } from "../method.js";
import { isMessage, packError, type SentError, stopped } from "./protocol.js";
import { findSite, type SaidSite, saySite } from "./said-site.js";

// A method of this package crosses as its name and options, and decides over there at no cost. One written by hand
// cannot: functions do not survive a message. Its sites and probes cross as data, and each decision is asked for through
// a port, straight from the thread of the run to the thread of the method, however many lie between.

type Named = Pick<CacheMethod, "name" | "options">;
type SentParts = Named & { readonly parts: readonly SentMethod[] };
type SentRemote = Omit<CacheMethod, "parts" | "sites" | "probes" | "start" | "startRemote"> & {
  readonly sites: readonly SaidSite[];
  readonly probes: readonly Probe[];
  readonly port: MessagePort;
};

/** A method as a message carries it. */
export type SentMethod = Named | SentParts | SentRemote;

interface Ask {
  readonly id: number;
  /** Which start of the method it belongs to: one per run and branch. */
  readonly start: number;
  readonly run: RunFacts;
  readonly visit: Omit<Visit, "because" | "site"> & { readonly site: string };
}

type Reasons = Readonly<Record<string, number | true>> | undefined;
type Answer = { readonly id: number } & (
  | { readonly decision: Decision; readonly reasons: Reasons }
  | { readonly error: SentError }
);

/** What was received here is passed on as it came, so that its port leads to the method itself. */
const received = new WeakMap<CacheMethod, SentMethod>();

/** Whether its name and options say all of it: they give the same functions again, text for text. */
const saidByName = (method: CacheMethod): boolean => {
  try {
    const again = methodFromName(method.name, method.options);
    return (["start", "sites", "probes"] as const).every((part) => String(again[part]) === String(method[part]));
  } catch (error) {
    if (error instanceof EngineError) return false;
    throw error;
  }
};

/** Ports of methods that cross: what has to be transferred, and our own ends, to be closed after the run. */
export interface Crossing {
  readonly transfer: MessagePort[];
  readonly own: MessagePort[];
}

/**
 * A method ready for a message.
 *
 * @param model the sites of the model that it will run on
 */
export const sendMethod = (method: CacheMethod, model: () => SiteMap, crossing: Crossing): SentMethod => {
  const { name, options } = method;
  const forwarded = received.get(method);
  if (forwarded) {
    crossing.transfer.push(...portsOf(forwarded));
    return forwarded;
  }
  if (saidByName(method)) return { name, options };
  if (method.parts) return { name, options, parts: method.parts.map((part) => sendMethod(part, model, crossing)) };
  const { parts: _, sites: ____, probes, start: __, startRemote: ___, ...facts } = method;
  const map = model();
  const { port1, port2 } = new MessageChannel();
  const own = namedSites(method, map);
  answerFor(method, own, port1);
  crossing.own.push(port1);
  crossing.transfer.push(port2);
  return {
    ...facts,
    sites: own.map((site) => saySite(site, map)),
    probes: probes?.call(method, map) ?? [],
    port: port2,
  };
};

const portsOf = (sent: SentMethod): MessagePort[] =>
  "port" in sent ? [sent.port] : "parts" in sent ? sent.parts.flatMap(portsOf) : [];

/** Decides for the run at the other end of `port`. */
const answerFor = (method: CacheMethod, sites: readonly Site[], port: MessagePort): void => {
  const runs = new Map<number, (visit: Visit) => Decision>();
  const decide = ({ start, run, visit }: Ask, because: Visit["because"]): Decision => {
    const known = runs.get(start) ?? method.start(run);
    runs.set(start, known);
    return known({ ...visit, site: sites.find(({ id }) => id === visit.site) as Site, because });
  };
  // The run loads it in its own thread; where the method decides, nobody else does.
  const loading = method.products ? loadDecomposition() : undefined;
  loading?.catch(() => {}); // said with the first answer
  port.onmessage = async ({ data }: MessageEvent<Ask>) => {
    const { id } = data;
    let reasons: Reasons;
    try {
      if (loading) await loading;
      const decision = decide(data, (given) => {
        reasons = { ...reasons, ...given };
      });
      port.postMessage({ id, decision, reasons } satisfies Answer);
    } catch (error) {
      port.postMessage({ id, error: packError(error) } satisfies Answer);
    }
  };
};

/**
 * The method that a message brought.
 *
 * @param signal ends the wait for an answer: the other side may be gone
 * @throws EngineError "option-invalid" for what is no method
 */
export const receiveMethod = (sent: SentMethod, signal: AbortSignal): CacheMethod => {
  expectPlainWords(sent);
  const wrong = aSentMethod(sent, "method");
  if (wrong !== undefined) throw new EngineError("option-invalid", `A method from another thread: ${wrong}.`);
  const method = "port" in sent ? remote(sent, signal) : "parts" in sent ? composed(sent, signal) : byName(sent);
  received.set(method, sent);
  return method;
};

const aSentMethod: Check = (value, path) =>
  fields({
    name: aText,
    options: anObject,
    "parts?": listOf(aSentMethod),
    "port?": is("a MessagePort", (port) => port instanceof MessagePort),
  })(value, path) ??
  ("port" in (value as object)
    ? fields({ sites: listOf(fields({ id: aText, kind: aText })), probes: listOf(anObject) })(value, path)
    : undefined);

const byName = ({ name, options }: Pick<CacheMethod, "name" | "options">): CacheMethod => methodFromName(name, options);

const composed = ({ name, options, parts }: SentParts, signal: AbortSignal): CacheMethod => {
  const own = parts.map((part) => receiveMethod(part, signal));
  return { name, options, parts: own, sites: (model) => own.flatMap((part) => part.sites(model)), start: notHere };
};

interface Waiting extends Pick<Visit, "because"> {
  resolve(decision: Decision): void;
  reject(error: unknown): void;
}

const remote = ({ port, sites, probes, ...facts }: SentRemote, signal: AbortSignal): CacheMethod => {
  const waiting = new Map<number, Waiting>();
  let [starts, asks] = [0, 0];
  signal.addEventListener("abort", () => {
    for (const { reject } of waiting.values()) reject(stopped());
    waiting.clear();
  });
  const listen = (): void => {
    port.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (!isMessage(data)) return; // the question stays without an answer
      const ask = waiting.get(data.id);
      waiting.delete(data.id);
      if ("error" in data) {
        const { error } = data;
        import("./unpack-error.js").then(({ unpackError }) => ask?.reject(unpackError(error)), ask?.reject);
        return;
      }
      try {
        expectPlainWords(data.reasons);
        if (data.reasons) ask?.because(data.reasons);
        ask?.resolve(data.decision);
      } catch (error) {
        ask?.reject(error);
      }
    };
  };
  return {
    ...facts,
    sites: (model) => sites.map((site) => findSite(site, model) ?? noSite(facts.name, site)),
    ...(probes.length > 0 ? { probes: () => probes } : {}),
    start: notHere,
    startRemote(run) {
      listen();
      const start = starts++;
      return async ({ because, site, ...visit }) => {
        if (signal.aborted) throw stopped();
        const id = asks++;
        const answer = new Promise<Decision>((resolve, reject) => waiting.set(id, { resolve, reject, because }));
        port.postMessage({ id, start, run, visit: { ...visit, site: site.id } } satisfies Ask);
        return answerOf(answer, {
          seconds: patienceSeconds.method,
          silent: `${facts.name} gave no decision at ${site.id} in step ${visit.step}`,
          refuse: (message) =>
            new EngineError("option-invalid", message, {
              hint: "A method answers at once: look for a loop in it, or a page or worker that is gone.",
            }),
        });
      };
    },
  };
};

const noSite = (name: string, { id }: SaidSite): never => {
  throw new EngineError("site-missing", `${name} names the site ${shown(id)}, which this model does not have.`, {
    hint: "Return what the model offers: model.all(…), or [model.blocks()], [model.output()] and the like.",
  });
};

/** Levels of what a method says of itself; messages can carry values that hold themselves. */
const deepest = 20;

/** What a method says of itself ends in traces and on pages: no signs in which markup could hide. */
const expectPlainWords = (value: unknown, depth = 0): void => {
  if (depth > deepest)
    throw new EngineError("option-invalid", `A method from another thread says more than ${deepest} levels deep.`);
  if (typeof value === "string" && /[<>&"]/.test(value))
    throw new EngineError(
      "option-invalid",
      `A method from another thread says ${JSON.stringify(value.slice(0, 80))}.`,
      {
        hint: 'Leave <, >, & and " out of its name, options, notes and reasons.',
      },
    );
  if (typeof value !== "object" || value === null || value instanceof MessagePort) return;
  for (const [key, one] of Object.entries(value)) {
    expectPlainWords(key);
    expectPlainWords(one, depth + 1);
  }
};

/** Of a method that lives elsewhere, or whose parts act in its place. */
const notHere = (): never => {
  throw new Error("this method does not decide here");
};
