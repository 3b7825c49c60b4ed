import { frameImage, framesOf, type Pixels } from "../clips/frames.js";

/** Frames of the first clip as canvases, each pixel `zoom` pixels wide. */
export function* zoomed(clip: Pixels, zoom: number): Generator<OffscreenCanvas> {
  const [height = 0, width = 0] = clip.dims.slice(-2);
  for (let frame = 0; frame < framesOf(clip); frame++) {
    const small = new OffscreenCanvas(width, height);
    small.getContext("2d")?.putImageData(frameImage(clip, frame), 0, 0);
    const large = new OffscreenCanvas(width * zoom, height * zoom);
    const context = large.getContext("2d") as OffscreenCanvasRenderingContext2D;
    context.imageSmoothingEnabled = false;
    context.drawImage(small, 0, 0, large.width, large.height);
    yield large;
  }
}
