// The module worker that holds the engine: one engine, asked through messages by `client.ts`.
import { createEngine } from "../run/create-engine.js";
import type { Wire } from "./protocol.js";
import { serveEngine } from "./serve-engine.js";

/**
 * Lets onnxruntime's module answer as one of its threads. Its main thread writes at once, and a message that comes while
 * the module is still on its way finds nobody here: it is kept, and handed on once the module listens.
 */
const serveThread = async (): Promise<void> => {
  const early: unknown[] = [];
  const keep = ({ data }: MessageEvent): void => void early.push(data);
  self.addEventListener("message", keep);
  await import("onnxruntime-web/wasm");
  self.removeEventListener("message", keep);
  for (const data of early) self.dispatchEvent(new MessageEvent("message", { data }));
};

// A bundler that makes one script of worker and onnxruntime-web gives onnxruntime's threads this script: they are started
// under a name of their own.
if (self.name.startsWith("em-pthread")) void serveThread();
else serveEngine(self as unknown as Wire, createEngine);
