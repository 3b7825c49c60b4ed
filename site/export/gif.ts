import type { Clip } from "diffusion-cache";
import { applyPalette, GIFEncoder, quantize } from "gifenc";
import { zoomed } from "./frames.js";

/** A clip as an animation that repeats, each pixel drawn 4 × 4. */
export const gif = (clip: Clip): Blob => {
  const encoder = GIFEncoder();
  for (const canvas of zoomed(clip, 4)) {
    const { width, height } = canvas;
    const { data } = (canvas.getContext("2d") as OffscreenCanvasRenderingContext2D).getImageData(0, 0, width, height);
    const palette = quantize(data, 256);
    encoder.writeFrame(applyPalette(data, palette), width, height, { palette, delay: 1000 / clip.fps });
  }
  encoder.finish();
  return new Blob([new Uint8Array(encoder.bytes())], { type: "image/gif" });
};
