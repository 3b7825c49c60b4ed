import type { KeptFile } from "../file-cache.js";
import type { PickedFolder } from "../picked.js";
import { folderThatIsThere, removeFrom } from "./handles.js";

const scheme = "opfs:";
const hashEnds = /^[0-9a-f]+\./;

/** The model files in the origin's private file system. */
export const keptInFileSystem = async (): Promise<readonly KeptFile[]> => {
  const folder = (await folderThatIsThere()) as PickedFolder | undefined;
  const found: KeptFile[] = [];
  if (folder)
    for await (const one of folder.values())
      if (one.kind === "file") {
        const [part, { size }] = [one.name.endsWith(".part"), await one.getFile()];
        const path = decodeURIComponent(one.name.replace(hashEnds, "").replace(/\.part$/, ""));
        found.push({ key: scheme + one.name, path, bytes: size, part });
      }
  return found;
};

/** Deletes those of the keys that are files there; all of them unless told which. One that is being read or written stays. */
export const deleteFromFileSystem = async (keys?: readonly string[]): Promise<void> => {
  const folder = await folderThatIsThere();
  for (const key of keys ?? (await keptInFileSystem()).map((file) => file.key))
    if (folder && key.startsWith(scheme)) await removeFrom(folder, key.slice(scheme.length));
};
