import type { OwnClip } from "./clips-of.js";
import { CompareError } from "./compare-error.js";

/** A clip whose frames can be read one after the other, or one alone. */
export interface ClipReader {
  readonly name: string;
  /** Number of frames. */
  readonly count: number;
  /** From the first frame on. Whoever takes them may stop early. */
  frames(): AsyncGenerator<ImageData>;
  frame(at: number): Promise<ImageData>;
}

/** A frame's most pixels: FLIP alone takes a second for each million. */
const mostPixels = 4096 * 4096;

/** The pixels of what can be drawn. */
export const pixelsOf = (
  name: string,
  { width, height }: { readonly width: number; readonly height: number },
  draw: (context: OffscreenCanvasRenderingContext2D) => void,
): ImageData => {
  if (width * height > mostPixels)
    throw new CompareError("large", `${name} is ${width} × ${height} pixels.`, "At most 4096 × 4096 are compared.");
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true, alpha: false });
  if (!context)
    throw new CompareError("large", `There is no memory for ${width} × ${height} pixels.`, "Close other pages.");
  draw(context);
  return context.getImageData(0, 0, width, height);
};

const readPicture = async (file: File): Promise<ImageData> => {
  // As the file has its numbers: a profile would change them.
  const image = await createImageBitmap(file, { colorSpaceConversion: "none" }).catch(() => {
    throw new CompareError(
      "unreadable",
      `${file.name} is not an image that this browser can read.`,
      "Save the frames as PNG, JPEG or WebP.",
    );
  });
  const pixels = pixelsOf(file.name, image, (context) => context.drawImage(image, 0, 0));
  image.close();
  return pixels;
};

/** @throws CompareError "no-decoder" for a video that the browser cannot decode, "unreadable" for a file that is none */
export const openClip = async (clip: OwnClip): Promise<ClipReader> => {
  if (clip.kind === "video") return (await import("./video-reader.js")).openVideo(clip.name, clip.file);
  const { name, files } = clip;
  return {
    ...{ name, count: files.length },
    async *frames() {
      for (const file of files) yield await readPicture(file);
    },
    frame: (at) => readPicture(files[at] as File),
  };
};
