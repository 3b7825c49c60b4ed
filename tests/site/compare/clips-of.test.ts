import { describe, expect, test } from "vitest";
import { clipsOf, likelyReference } from "../../../site/compare/clips-of.js";

const picked = (...paths: string[]): Map<string, File> =>
  new Map(paths.map((path) => [path, new File([], path.slice(path.lastIndexOf("/") + 1))]));
/** Names with their files, a video with its own in brackets. */
const found = (...paths: string[]): Record<string, string> =>
  Object.fromEntries(
    clipsOf(picked(...paths)).clips.map((clip) => [
      clip.name,
      clip.kind === "video" ? `[${clip.file.name}]` : clip.files.map(({ name }) => name).join(" "),
    ]),
  );

describe("clips among files", () => {
  test("a folder of numbered pictures is one, in the order of the numbers", () => {
    expect(found("clips/pab/10.png", "clips/pab/9.png", "clips/uncached/9.png", "clips/uncached/10.png")).toEqual({
      pab: "9.png 10.png",
      uncached: "9.png 10.png",
    });
  });

  test("numbers may follow a name", () => {
    expect(found("a/frame_02.jpg", "a/frame_01.jpg", "b/frame_01.webp", "b/frame_02.webp")).toEqual({
      a: "frame_01.jpg frame_02.jpg",
      b: "frame_01.webp frame_02.webp",
    });
  });

  test("several sets of frames in one folder are told apart by their names", () => {
    expect(found("x/pab_1.png", "x/pab_2.png", "x/fora_1.png", "x/fora_2.png")).toEqual({
      fora: "fora_1.png fora_2.png",
      pab: "pab_1.png pab_2.png",
    });
  });

  test("a picture alone in its folder, as the Python of the page saves an image, has the folder's name", () => {
    expect(found("clips/pab/0000.png", "clips/uncached/0000.png")).toEqual({ pab: "0000.png", uncached: "0000.png" });
  });

  test("pictures with names of their own are clips of one frame", () => {
    expect(found("uncached.png", "pab.png")).toEqual({ pab: "pab.png", uncached: "uncached.png" });
  });

  test("videos are clips, beside frames too", () => {
    expect(found("c/uncached.mp4", "c/deep/pab.WebM", "c/fora/1.png", "c/fora/2.png")).toEqual({
      "deep/pab": "[pab.WebM]",
      fora: "1.png 2.png",
      uncached: "[uncached.mp4]",
    });
  });

  test("one folder keeps its name", () => {
    expect(found("clips/pab/1.png", "clips/pab/2.png")).toEqual({ pab: "1.png 2.png" });
  });

  test("what systems put there is not seen; what is neither picture nor video is named", () => {
    const { clips, leftOut } = clipsOf(
      picked("c/.DS_Store", "__MACOSX/c/a.png", "c/Thumbs.db", "c/a/1.png", "c/b/1.png", "c/notes.txt"),
    );
    expect(clips.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(leftOut).toEqual(["c/notes.txt"]);
  });

  test("nothing, and nothing that can be read, are errors of one line with what to do", () => {
    expect(() => clipsOf(picked())).toThrow("The folder is empty.");
    expect(() => clipsOf(picked("c/.DS_Store"))).toThrow("The folder is empty.");
    expect(() => clipsOf(picked("c/a.npy", "c/b.npy"))).toThrow("No file is a picture or a video: c/a.npy, c/b.npy.");
    expect(() => clipsOf(picked("a.txt"))).toThrow(
      expect.objectContaining({ kind: "no-image", hint: expect.stringContaining("PNG") }),
    );
  });

  test.each([
    [["pab", "uncached"], "uncached"],
    [["fora", "no-cache"], "no-cache"],
    [["a", "Baseline 28"], "Baseline 28"],
    [["a", "b"], "a"],
  ])("of %j the reference is %s", (names, reference) => {
    expect(likelyReference(clipsOf(picked(...names.map((name) => `${name}.png`))).clips)).toBe(reference);
  });
});
