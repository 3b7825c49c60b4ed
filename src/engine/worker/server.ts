// The module worker that holds the engine: one engine, asked through messages by `client.ts`.
import { createEngine } from "../run/create-engine.js";
import type { Wire } from "./protocol.js";
import { serveEngine } from "./serve-engine.js";

serveEngine(self as unknown as Wire, createEngine);
