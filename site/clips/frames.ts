/** The part of a Clip that a canvas needs: [1, 3, frames, height, width] in [−1, 1]. */
export interface Pixels {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

export const framesOf = ({ dims }: Pixels): number => dims[2] ?? 0;

const toByte = (value: number): number => Math.round((Math.min(1, Math.max(-1, value)) + 1) * 127.5);

const painted = ({ dims }: Pixels, frame: number, colour: (at: number) => number): ImageData => {
  const [, , frames = 0, height = 0, width = 0] = dims;
  const image = new ImageData(width, height);
  const size = height * width;
  for (let channel = 0; channel < 3; channel++)
    for (let i = 0; i < size; i++) image.data[4 * i + channel] = colour((channel * frames + frame) * size + i);
  for (let i = 0; i < size; i++) image.data[4 * i + 3] = 255;
  return image;
};

/** One frame of the first clip. */
export const frameImage = (clip: Pixels, frame: number): ImageData =>
  painted(clip, frame, (at) => toByte(clip.data[at] ?? -1));

/** |a − b| of one frame per channel, times `by`: black where the clips agree. */
export const differenceImage = (a: Pixels, b: Pixels, frame: number, by: number): ImageData =>
  painted(a, frame, (at) => Math.min(255, Math.abs(toByte(a.data[at] ?? -1) - toByte(b.data[at] ?? -1)) * by));
