import type { Clip } from "../../clip.js";
import { EngineError } from "../../errors.js";

/** Side to which frames are averaged down before they are read. */
export const side = 72;
const size = side * side;

/** Red, green and blue planes of 72 × 72 in 0 … 1, frame by frame. */
export type Frames = readonly (readonly [Float64Array, Float64Array, Float64Array])[];

/**
 * A clip's frames averaged down.
 *
 * @throws EngineError "input-invalid" unless it is one clip of square frames whose side is a multiple of 72
 */
export const framesOf = ({ dims, data }: Clip): Frames => {
  const [clips, channels, frames, height, width] = dims as [number, number, number, number, number];
  const square = height === width && height >= side && height % side === 0;
  if (dims.length !== 5 || clips !== 1 || channels !== 3 || frames < 1 || !square)
    throw new EngineError("input-invalid", `A clip of the shape [${dims.join(", ")}] cannot be read.`, {
      hint: "Give one clip of three channels and square frames of 72, 144 or another multiple of 72 pixels.",
    });
  const by = height / side;
  const plane = (channel: number, frame: number): Float64Array => {
    const reduced = new Float64Array(size);
    const start = (channel * frames + frame) * height * width;
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++) {
        const value = Math.min(1, Math.max(-1, data[start + row * width + column] as number));
        const at = Math.floor(row / by) * side + Math.floor(column / by);
        reduced[at] = (reduced[at] as number) + (value + 1) / 2 / by ** 2;
      }
    return reduced;
  };
  return Array.from({ length: frames }, (_, frame) => [plane(0, frame), plane(1, frame), plane(2, frame)]);
};
