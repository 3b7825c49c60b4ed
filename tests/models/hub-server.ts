import { onTestFinished } from "vitest";
import { type HubQuirks, openHub } from "./hub-answers.js";

export { commit } from "./hub-answers.js";

/** A server like the Hub for the length of one test; see `openHub`. */
export const serveHub = async (folder: string, quirks: HubQuirks = {}) => {
  const hub = await openHub(folder, quirks);
  onTestFinished(hub.close);
  return hub;
};
