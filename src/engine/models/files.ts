import { downloads } from "./downloads.js";
import type { Files } from "./source.js";

export type { Files } from "./source.js";

/**
 * The files at an address: a URL anywhere; else a folder in Node, and a path on the page's own server in a browser.
 * Nothing is read yet.
 */
export const openFiles = async (address: string): Promise<Files> => {
  if (/^https?:/.test(address)) return downloads(address);
  if (typeof process !== "undefined" && process.versions?.node !== undefined) {
    const { folder } = await import("./folder.js");
    return folder(address);
  }
  return downloads(new URL(address.replaceAll("#", "%23"), globalThis.location.href).href);
};
