import { inNode } from "../platform.js";
import { downloads } from "./downloads.js";
import { absolute } from "./http/absolute.js";
import type { HubAddress } from "./hub-address.js";
import type { Files } from "./source.js";

export type { Files } from "./source.js";

/** How a model on the Hub is named, or its page pasted; what does not come from there is not loaded with the engine. */
const named = /^(hub:|(https?:\/\/)?(www\.)?(huggingface\.co|hf\.co)\/)/i;

/**
 * The files at an address: a model on the Hub ("hub:organisation/model@revision", or its page's address), a URL anywhere;
 * else a folder in Node, and a path on the page's own server in a browser. Nothing is read yet.
 *
 * @throws EngineError "input-invalid" for an address of the Hub that names no model; "file-missing" for a folder that is
 *   not there
 */
export const openFiles = async (address: string): Promise<Files> => {
  if (named.test(address)) {
    const { hubAddress } = await import("./hub-address.js");
    const onHub = hubAddress(address) as HubAddress;
    const { hubFiles } = await import("./hub.js");
    const { hubRefusal } = await import("./hub-listing.js");
    const how = { explain: hubRefusal(onHub) };
    if (!inNode()) {
      const { keptInOpfs } = await import("./opfs/kept-in-opfs.js");
      return hubFiles(onHub, await keptInOpfs(how));
    }
    const { diskCacheFolder, keptOnDisk } = await import("./kept-on-disk.js");
    return hubFiles(onHub, await keptOnDisk(diskCacheFolder(), how));
  }
  if (/^https?:/i.test(address)) return downloads(address);
  if (inNode()) {
    const { folder } = await import("./folder.js");
    return folder(address);
  }
  return downloads(absolute(address.replaceAll("#", "%23"), globalThis.location.href));
};
