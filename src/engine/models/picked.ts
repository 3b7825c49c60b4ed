/** As much of a browser's File or Blob as is asked of it. */
export interface PickedFile {
  /** In bytes. */
  readonly size: number;
  /** The bytes [begin, end). */
  slice(begin: number, end: number): PickedFile;
  /** Reads it whole. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** A folder of this computer in a page: its files by their path in it. It can be sent to a worker. */
export type PickedFiles = ReadonlyMap<string, PickedFile>;

/** A folder as `showDirectoryPicker` gives it. */
export interface PickedFolder {
  /** What tells it from a file. */
  readonly kind: "directory";
  /** Of the folder alone, without the way to it. */
  readonly name: string;
  /** What lies in it. */
  values(): AsyncIterable<
    PickedFolder | { readonly kind: "file"; readonly name: string; getFile(): Promise<PickedFile> }
  >;
}

/** What a page gets from a reader who picks a folder: an input's `files`, a directory handle, or files by their paths. */
export type Picked =
  | PickedFiles
  | PickedFolder
  | { readonly length: number; readonly [index: number]: PickedFile & { readonly webkitRelativePath?: string } };

/** Whether what was picked is a directory handle. */
export const isFolder = (given: object): given is PickedFolder => (given as PickedFolder).kind === "directory";
const isBlob = (given: unknown): given is PickedFile =>
  typeof (given as PickedFile | null)?.slice === "function" && typeof (given as PickedFile).arrayBuffer === "function";

/** Whether a value is what a reader picked, and no address. */
export const isPicked = (given: unknown): given is Picked => {
  if (typeof given !== "object" || given === null) return false;
  if (given instanceof Map) return [...given.values()].every(isBlob);
  if (isFolder(given)) return typeof given.values === "function";
  const list = given as { readonly length?: unknown; readonly [index: number]: unknown };
  return Number.isSafeInteger(list.length) && (list.length as number) > 0 && isBlob(list[0]);
};
