// The origin's private file system (OPFS), as far as it is used: by a worker of a secure page, which alone can write in
// place. TypeScript's library for pages has no words for what workers have.

/** A file open for reading and writing in place; nobody else may open it meanwhile. */
export interface SyncHandle {
  getSize(): number;
  /** @returns how many bytes were read: fewer at the end of the file */
  read(into: Uint8Array<ArrayBuffer>, where: { readonly at: number }): number;
  /** @returns how many bytes were written */
  write(bytes: Uint8Array, where: { readonly at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

/** A file in a folder. */
export interface FileHandle extends Omit<FileSystemFileHandle, "createWritable"> {
  createSyncAccessHandle(): Promise<SyncHandle>;
  move(name: string): Promise<void>;
}

/** The folder of model files, under the root that pages and workers of this origin share. */
const folderName = "diffusion-cache-files";

const rootHere = async (): Promise<FileSystemDirectoryHandle | undefined> =>
  globalThis.navigator?.storage?.getDirectory?.().catch(() => undefined); // private windows refuse

/** Where this thread can keep files of any size; undefined where it cannot. */
export const folderToWrite = async (): Promise<FileSystemDirectoryHandle | undefined> => {
  const file = (globalThis as { FileSystemFileHandle?: { readonly prototype: object } }).FileSystemFileHandle;
  if (!file || !("createSyncAccessHandle" in file.prototype) || !("move" in file.prototype)) return undefined;
  return (await rootHere())?.getDirectoryHandle(folderName, { create: true }).catch(() => undefined);
};

/** The same folder, to list and to delete; undefined where nothing is kept. */
export const folderThatIsThere = async (): Promise<FileSystemDirectoryHandle | undefined> =>
  (await rootHere())?.getDirectoryHandle(folderName).catch(() => undefined);

/** A file of a folder; undefined where there is none. */
export const fileIn = async (folder: FileSystemDirectoryHandle, name: string): Promise<FileHandle | undefined> =>
  (folder.getFileHandle(name) as Promise<unknown> as Promise<FileHandle>).catch(() => undefined);

/** The same, made where there is none. */
export const newFileIn = async (folder: FileSystemDirectoryHandle, name: string): Promise<FileHandle> =>
  (await folder.getFileHandle(name, { create: true })) as unknown as FileHandle;

/** Deletes a file, whether or not it is there. */
export const removeFrom = async (folder: FileSystemDirectoryHandle, name: string): Promise<void> =>
  folder.removeEntry(name).catch(() => {});
