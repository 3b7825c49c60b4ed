import type { Clip } from "../engine.js";
import { EngineError } from "../errors.js";
import { type Domain, nearest, type Pixel, squared } from "./domain.js";
import { groundOf } from "./ground.js";
import { objectOf } from "./object.js";

/** A word per slot as the pixels read, `null` where a frame shows no object. */
export type ClipReading = Readonly<
  Record<"background" | "colour" | "size" | "shape", string | null> & { motion?: string | null }
>;

const quantile = (values: Float32Array, share: number): number => {
  const sorted = values.toSorted();
  const at = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)] as number, sorted[Math.ceil(at)] as number];
  return low + (high - low) * (at - Math.floor(at));
};

/**
 * Reads a clip's words back from its pixels, by geometry alone: ground from the edge, colour from the pixels that stand
 * out, centre and area from the moments of their soft mask, shape and angle by the best overlap with silhouettes drawn
 * there, motion from the course of all these. The twin of training/adherence.py, which is right on 99 % of rendered clips
 * and more.
 *
 * @param clip one clip, square frames; an image has no motion
 * @throws EngineError "input-invalid" for several clips or frames that are not square
 */
export const readClip = (clip: Clip, domain: Domain): ClipReading => {
  const [clips, channels, frames, side, width] = clip.dims as [number, number, number, number, number];
  if (clips !== 1 || channels !== 3 || side !== width)
    throw new EngineError("input-invalid", `A clip of the shape [${clip.dims.join(", ")}] cannot be read.`, {
      hint: "Give one clip of three channels and square frames.",
    });
  const size = side * side;
  const pixel: Pixel = (channel, frame, row, column) =>
    (Math.min(1, Math.max(-1, clip.data[(channel * frames + frame) * size + row * side + column] as number)) + 1) / 2;
  const ground = groundOf(pixel, frames, side, domain);
  const each = (visit: (frame: number, row: number, column: number, index: number) => void): void => {
    let index = 0;
    for (let frame = 0; frame < frames; frame++)
      for (let row = 0; row < side; row++)
        for (let column = 0; column < side; column++) visit(frame, row, column, index++);
  };
  const colourAt = (frame: number, row: number, column: number): number[] =>
    [0, 1, 2].map((channel) => pixel(channel, frame, row, column));

  const away = new Float32Array(frames * size);
  each((frame, row, column, index) => {
    away[index] = Math.sqrt(squared(colourAt(frame, row, column), ground.rows[row] as number[]));
  });
  const strong = 0.6 * quantile(away, 0.99);
  const mean = [0, 0, 0];
  let count = 0;
  each((frame, row, column, index) => {
    if ((away[index] as number) <= strong) return;
    count += 1;
    for (const [channel, value] of colourAt(frame, row, column).entries())
      mean[channel] = (mean[channel] as number) + value;
  });
  const seen = mean.map((value) => value / Math.max(1, count));
  const lights = Array.from({ length: 7 }, (_, index) => 0.85 + 0.05 * index);
  const colour = nearest(Object.keys(domain.colours), (name) =>
    Math.min(
      ...lights.map((light) =>
        squared(
          seen,
          (domain.colours[name] as readonly number[]).map((value) => Math.min(1, (value / 255) * light)),
        ),
      ),
    ),
  );
  const body = (domain.colours[colour] as readonly number[]).map((value) => value / 255);

  const masks = Array.from({ length: frames }, () => new Float32Array(size));
  each((frame, row, column, index) => {
    const base = ground.rows[row] as number[];
    const towards = body.map((value, channel) => value - (base[channel] as number));
    const offset = colourAt(frame, row, column).map((value, channel) => value - (base[channel] as number));
    const along = offset.reduce((sum, value, channel) => sum + value * (towards[channel] as number), 0);
    const share = along / towards.reduce((sum, value) => sum + value * value, 0);
    (masks[frame] as Float32Array)[index % size] = Math.min(1, Math.max(0, (share - 0.15) / 0.7));
  });
  return { background: ground.name, ...objectOf(masks, side, colour, domain) };
};
