import { CompareError } from "./compare-error.js";

/** A reader's clip: pictures in their order, or a video. It can be sent to a worker. */
export type OwnClip = { readonly name: string } & (
  | { readonly kind: "frames"; readonly files: readonly File[] }
  | { readonly kind: "video"; readonly file: File }
);

export interface FoundClips {
  readonly clips: readonly OwnClip[];
  /** Paths of files that are neither pictures nor videos. */
  readonly leftOut: readonly string[];
}

const pictures = /\.(png|jpe?g|webp)$/i;
const videos = /\.(mp4|m4v|mov|webm|mkv)$/i;
/** What systems put into folders by themselves. */
const hidden = /(^|\/)(\.|Thumbs\.db$|desktop\.ini$|__MACOSX\/)/i;

const inOrder = new Intl.Collator("en", { numeric: true }).compare;
const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/") + 1);

/** A picture's name in its folder without its number: pictures that differ in nothing else are frames of one clip. */
const stemOf = (path: string): string =>
  path
    .slice(folderOf(path).length)
    .replace(pictures, "")
    .replace(/[-_. ]*\d+$/, "");

/** The folders that all names begin with say nothing. */
const withoutCommon = (names: readonly string[]): readonly string[] => {
  let common = folderOf(names[0] ?? "");
  while (common && !names.every((name) => name.startsWith(common) && name !== common))
    common = folderOf(common.slice(0, -1));
  return names.map((name) => name.slice(common.length).replace(/\/$/, ""));
};

const filesAt = (files: ReadonlyMap<string, File>, paths: readonly string[]): readonly File[] =>
  paths.map((path) => files.get(path) as File);

const framesOf = (files: ReadonlyMap<string, File>): { readonly name: string; readonly files: readonly File[] }[] => {
  const groups = Map.groupBy(
    [...files.keys()].filter((path) => pictures.test(path)),
    (path) => folderOf(path) + stemOf(path),
  );
  const perFolder = Map.groupBy(groups.values(), ([path = ""]) => folderOf(path));
  return [...groups].flatMap(([group, paths]) => {
    const folder = folderOf(paths[0] as string);
    // A picture that no other goes on from is a clip of one frame, and its name is the clip's.
    if (paths.length === 1 && group !== folder)
      return [{ name: (paths[0] as string).replace(pictures, ""), files: filesAt(files, paths) }];
    const alone = folder !== "" && perFolder.get(folder)?.length === 1;
    return [{ name: (alone ? folder : group) || "frames", files: filesAt(files, paths.toSorted(inOrder)) }];
  });
};

/**
 * The clips among picked or dropped files: a folder of numbered pictures is one, every other picture is one of a single
 * frame, and so is every video.
 *
 * @param files by path, folders divided by "/"
 * @throws CompareError where there is none
 */
export const clipsOf = (files: ReadonlyMap<string, File>): FoundClips => {
  const seen = new Map([...files].filter(([path]) => !hidden.test(path)));
  const leftOut = [...seen.keys()].filter((path) => !pictures.test(path) && !videos.test(path)).toSorted(inOrder);
  if (seen.size === 0)
    throw new CompareError(
      "empty",
      "The folder is empty.",
      "Pick the folder that holds a folder of frames for each clip.",
    );
  const found = [
    ...framesOf(seen).map((clip) => ({ ...clip, kind: "frames" as const })),
    ...[...seen].flatMap(([path, file]) =>
      videos.test(path) ? [{ kind: "video" as const, name: path.replace(videos, ""), file }] : [],
    ),
  ].toSorted((a, b) => inOrder(a.name, b.name));
  if (found.length === 0)
    throw new CompareError(
      "no-image",
      `No file is a picture or a video: ${leftOut.slice(0, 3).join(", ")}${leftOut.length > 3 ? " …" : ""}.`,
      "PNG, JPEG and WebP are read, and MP4 and WebM where the browser decodes them.",
    );
  const names = withoutCommon(found.map(({ name }) => name));
  return { clips: found.map((clip, at) => ({ ...clip, name: names[at] || "clip" })), leftOut };
};

/** The clip that the others are compared with: the one that says so by its name, or the first. */
export const likelyReference = (clips: readonly OwnClip[]): string =>
  (clips.find(({ name }) => /uncached|no[-_ ]?cache|baseline|reference|original/i.test(name)) ?? clips[0])?.name ?? "";
