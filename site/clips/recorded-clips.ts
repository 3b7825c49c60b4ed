import { missingPart } from "../page/missing-part.js";
import type { Pixels } from "./frames.js";

/** A strip of frames side by side, as scripts/record-run.ts writes it, back as a clip. */
export const stripPixels = async (address: string, frames: number): Promise<Pixels> => {
  const response = await fetch(address).catch((cause) => {
    throw missingPart(new Error("not loaded", { cause }));
  });
  const image = await createImageBitmap(await response.blob());
  const [width, height] = [image.width / frames, image.height];
  const context = new OffscreenCanvas(image.width, height).getContext("2d");
  context?.drawImage(image, 0, 0);
  const strip = context?.getImageData(0, 0, image.width, height).data ?? [];
  const data = new Float32Array(3 * frames * height * width);
  for (let at = 0; at < data.length; at++) {
    const x = at % width;
    const y = Math.floor(at / width) % height;
    const frame = Math.floor(at / (width * height)) % frames;
    const channel = Math.floor(at / (width * height * frames));
    data[at] = (strip[4 * (y * image.width + frame * width + x) + channel] ?? 0) / 127.5 - 1;
  }
  return { dims: [1, 3, frames, height, width], data };
};
