import type { Clip } from "diffusion-cache";
import {
  BufferTarget,
  CanvasSource,
  getFirstEncodableVideoCodec,
  Output,
  QUALITY_VERY_HIGH,
  WebMOutputFormat,
} from "mediabunny";
import { zoomed } from "./frames.js";

const zoom = 8;

/**
 * A clip as a WebM film, each pixel drawn 8 × 8, encoded by the browser.
 * @throws Error where the browser has no encoder
 */
export const webm = async (clip: Clip): Promise<Blob> => {
  const [height = 0, width = 0] = clip.dims.slice(-2).map((pixels) => pixels * zoom);
  const able = "VideoEncoder" in globalThis;
  const codec = able ? await getFirstEncodableVideoCodec(["vp9", "vp8"], { width, height }) : null;
  if (!able && globalThis.isSecureContext === false)
    throw new Error("Browsers encode WebM only on pages loaded over https or from localhost. The GIF needs neither.");
  if (!codec) throw new Error("This browser has no encoder for WebM (WebCodecs with VP9 or VP8). The GIF needs none.");
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
  const target = new BufferTarget();
  const output = new Output({ format: new WebMOutputFormat(), target });
  const source = new CanvasSource(canvas, { codec, bitrate: QUALITY_VERY_HIGH });
  output.addVideoTrack(source, { frameRate: clip.fps });
  await output.start();
  let frame = 0;
  for (const image of zoomed(clip, zoom)) {
    context.drawImage(image, 0, 0);
    await source.add(frame++ / clip.fps, 1 / clip.fps);
  }
  await output.finalize();
  return new Blob([target.buffer as ArrayBuffer], { type: "video/webm" });
};
