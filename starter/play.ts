import type { Clip } from "diffusion-cache";

/** A frame as a canvas takes it: from [1, 3, frames, height, width] in −1 … 1 to bytes of red, green, blue, alpha. */
const frameOf = ({ dims, data }: Clip, frame: number): ImageData => {
  const [, , frames, height, width] = dims as [number, number, number, number, number];
  const image = new ImageData(width, height);
  const size = height * width;
  for (let at = 0; at < size; at++) {
    for (let channel = 0; channel < 3; channel++)
      image.data[4 * at + channel] = ((data[(channel * frames + frame) * size + at] ?? -1) + 1) * 127.5;
    image.data[4 * at + 3] = 255;
  }
  return image;
};

/** Plays a clip in a canvas, over and over, until the canvas is given another. */
export const play = (canvas: HTMLCanvasElement, clip: Clip): void => {
  const [, , frames = 1, height = 1, width = 1] = clip.dims;
  [canvas.width, canvas.height] = [width, height];
  const mine = String(Math.random());
  canvas.dataset.clip = mine;
  const draw = (frame: number): void => {
    if (canvas.dataset.clip !== mine) return;
    canvas.getContext("2d")?.putImageData(frameOf(clip, frame), 0, 0);
    setTimeout(draw, 1000 / clip.fps, (frame + 1) % frames);
  };
  draw(0);
};
