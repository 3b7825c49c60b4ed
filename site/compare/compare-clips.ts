import type { Tensor } from "diffusion-cache";
import { type ClipReader, openClip } from "./clip-reader.js";
import type { OwnClip } from "./clips-of.js";
import { CompareError } from "./compare-error.js";
import { type FrameMeasures, frameMeasures } from "./frame-measures.js";

/** Bytes of a picture as [1, 3, 1, height, width] in [−1, 1]; what is transparent is black. */
export const frameTensor = ({ width, height, data }: Pick<ImageData, "width" | "height" | "data">): Tensor => {
  const size = width * height;
  const values = new Float32Array(3 * size);
  for (let at = 0; at < size; at++)
    for (let channel = 0; channel < 3; channel++)
      values[channel * size + at] = (data[4 * at + channel] as number) / 127.5 - 1;
  return { dims: [1, 3, 1, height, width], data: values };
};

const frames = (count: number): string => `${count} ${count === 1 ? "frame" : "frames"}`;

/**
 * Compares two clips frame by frame.
 *
 * @param each called with each frame as soon as it is measured, its place and how many there are
 * @throws CompareError where numbers of frames or sizes differ, or a file cannot be read; EngineError of the measures
 */
export const compareOwn = async (
  [reference, clip]: readonly [ClipReader, ClipReader],
  each: (measures: FrameMeasures, at: number, of: number) => void,
): Promise<FrameMeasures> => {
  if (reference.count !== clip.count)
    throw new CompareError(
      "counts",
      `${clip.name} has ${frames(clip.count)} and ${reference.name} has ${reference.count}.`,
      "Compare runs of the same number of frames.",
    );
  const measure = frameMeasures();
  const others = clip.frames();
  let at = 0;
  for await (const one of reference.frames()) {
    const other = (await others.next()).value as ImageData;
    if (one.width !== other.width || one.height !== other.height)
      throw new CompareError(
        "sizes",
        `Frame ${at + 1} of ${clip.name} is ${other.width} × ${other.height} and of ${reference.name} ${one.width} × ${one.height}.`,
        "Compare runs of the same size, without scaling them.",
      );
    each(measure.add(frameTensor(one), frameTensor(other)), at++, reference.count);
  }
  await others.return(undefined);
  return measure.total();
};

/** The same of clips that are still closed. */
export const compareFiles = async (
  pair: readonly [OwnClip, OwnClip],
  each: Parameters<typeof compareOwn>[1],
): Promise<FrameMeasures> => {
  const [reference, clip] = await Promise.all([openClip(pair[0]), openClip(pair[1])]);
  return compareOwn([reference, clip], each);
};
