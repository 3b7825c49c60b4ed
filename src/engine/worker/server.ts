// The module worker that holds the engine: one engine, asked through messages by `client.ts`.
import { createEngine } from "../run/create-engine.js";
import type { Wire } from "./protocol.js";
import { serveEngine } from "./serve-engine.js";

// A bundler that makes one script of worker and onnxruntime-web gives onnxruntime's threads this script: they are started
// under a name of their own, and answer once their module is evaluated here.
if (self.name.startsWith("em-pthread")) void import("onnxruntime-web/wasm");
else serveEngine(self as unknown as Wire, createEngine);
