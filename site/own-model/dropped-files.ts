import type { PickedFile } from "diffusion-cache";

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject));

/** A folder's entries come a hundred at a time, until none come. */
const entriesOf = async (folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> => {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<readonly FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
};

const collect = async (entry: FileSystemEntry, path: string, found: Map<string, PickedFile>): Promise<void> => {
  if (entry.isFile) found.set(path + entry.name, await fileOf(entry as FileSystemFileEntry));
  else
    for (const inner of await entriesOf(entry as FileSystemDirectoryEntry))
      await collect(inner, `${path}${entry.name}/`, found);
};

/** Files by their path of what was dropped: a folder, or files. */
export const droppedFiles = async (items: DataTransferItemList): Promise<Map<string, PickedFile>> => {
  const found = new Map<string, PickedFile>();
  const entries = [...items].flatMap((item) => item.webkitGetAsEntry() ?? []); // gone after the first wait
  for (const entry of entries) await collect(entry, "", found);
  return found;
};
