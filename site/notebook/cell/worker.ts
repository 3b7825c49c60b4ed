// Runs a reader's programs, one after another, in one worker: what a program exports is there for those after it.
import type { CacheMethod } from "diffusion-cache";
import { compiled } from "./compiled.js";
import * as engine from "./engine.js";
import { failureOf } from "./failure.js";
import type { CellEvent, CellRequest, CellResult, ConsoleLine, ExampleRequest } from "./messages.js";
import { Plot } from "./plot.js";
import { inWords, shownOf } from "./shown.js";

type Exports = Record<string, unknown>;

const mostShown = 200;
const mostLines = 1000;
const mostEngines = 50;

const programs = new Map<string, Exports>();
let wire: MessagePort;
/** The request that runs now, or ran last: what a timer logs later belongs to it. */
let current = -1;
let [shown, lines, engines] = [0, 0, 0];

const send = (event: CellEvent, transfer: Transferable[] = []): void => wire.postMessage(event, transfer);

const display = (...values: readonly unknown[]): void => {
  for (const one of values.flatMap(shownOf)) {
    if (++shown > mostShown) throw new Error(`A program can display ${mostShown} things; this was one more.`);
    send({ id: current, display: one });
  }
};

const log =
  (level: ConsoleLine["level"]) =>
  (...values: readonly unknown[]): void => {
    if (++lines > mostLines) return;
    const text = lines === mostLines ? "… later lines are left out" : values.map(inWords).join(" ");
    send({ id: current, line: { level, text } });
  };
Object.assign(console, {
  log: log("log"),
  info: log("info"),
  debug: log("log"),
  warn: log("warn"),
  error: log("error"),
});
Object.assign(console, { table: display });

const required = (program: string, name: string): unknown => {
  if (name === "diffusion-cache") return engine;
  if (name === "@observablehq/plot") return Plot;
  const earlier = programs.get(name.replace(/^\.\//, "").replace(/\.[jt]s$/, ""));
  if (earlier) return earlier;
  throw new Error(
    `${program} imports "${name}". There are "diffusion-cache", "@observablehq/plot" and the programs before it, such as "./cell-1".`,
  );
};

const run = async (name: string, code: string): Promise<void> => {
  const exports: Exports = {};
  await compiled(name, code)((from: string) => required(name, from), exports, display);
  programs.set(name, exports);
};

/** Calls `run` of a program of examples/ as the page does. What it returns stays here: the page saw the runs themselves. */
const runExample = async (program: string, { model, settings }: ExampleRequest): Promise<void> => {
  const called = programs.get(program)?.run;
  if (typeof called !== "function") throw new Error(`${program}.ts exports no function "run".`);
  const onProgress = (): void => undefined; // asks the engine for previews
  const signal = new AbortController().signal; // Stop ends this worker
  await called({ engine: await engine.createWorkerEngine({ model }), settings, signal, onProgress });
};

const isMethod = (value: unknown): value is CacheMethod => {
  const { name, sites, start } = (typeof value === "object" && value !== null ? value : {}) as Partial<CacheMethod>;
  return typeof name === "string" && typeof sites === "function" && typeof start === "function";
};

const answer = async (request: Exclude<CellRequest, { readonly ping: number }>): Promise<CellResult> => {
  if ("example" in request) await runExample(request.example, request);
  else await run(request.run, request.code);
  const exports = programs.get("example" in request ? request.example : request.run) ?? {};
  const methods = Object.entries(exports).flatMap(([exported, value]) =>
    isMethod(value) ? [{ exported, name: value.name }] : [],
  );
  // Sliders are data; a program may export something else of that name.
  return { methods, knobs: JSON.stringify(exports.knobs ?? null) };
};

const receive = async ({ data }: MessageEvent<CellRequest>): Promise<void> => {
  if ("ping" in data) return send({ pong: data.ping });
  const { id } = data;
  [current, shown, lines, engines] = [id, 0, 0, 0];
  try {
    send({ id, result: await answer(data) });
  } catch (error) {
    send({ id, error: failureOf(error) });
  }
};

const late = (thrown: unknown): void => send({ id: current, error: failureOf(thrown) });
self.onerror = (message, _, __, ___, error) => late(error ?? message);
self.onunhandledrejection = ({ reason }: PromiseRejectionEvent) => late(reason);

self.onmessage = ({ data, ports }: MessageEvent<{ readonly page: string }>) => {
  wire = ports[0] as MessagePort;
  wire.onmessage = receive;
  self.onmessage = null;
  engine.setHost({
    page: data.page,
    lend(port) {
      if (++engines > mostEngines) throw new Error(`A program can ask for its engine ${mostEngines} times in a run.`);
      send({ engine: port }, [port]);
    },
  });
};
