import { createEngine } from "../run/create-engine.js";
import type { Wire } from "./protocol.js";
import { serveEngine } from "./serve-engine.js";

/** Answers in this worker, with an engine of its own. */
export const serveHere = (): void => void serveEngine(self as unknown as Wire, createEngine);
