import { ALL_FORMATS, BlobSource, EncodedPacketSink, Input, type VideoSample, VideoSampleSink } from "mediabunny";
import { type ClipReader, pixelsOf } from "./clip-reader.js";
import { CompareError } from "./compare-error.js";

const instead = "Save its frames as PNG, as the lines of Python on this page do: that is exact, too.";

/** A video, decoded by the browser frame by frame: every frame that is in it, once. */
export const openVideo = async (name: string, file: File): Promise<ClipReader> => {
  const input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS });
  const track = await input.getPrimaryVideoTrack().catch(() => undefined);
  if (!track) throw new CompareError("unreadable", `${file.name} is not a video that this browser can read.`, instead);
  const able = "VideoDecoder" in globalThis && (await track.canDecode());
  if (!able)
    throw new CompareError(
      "no-decoder",
      `This browser cannot decode ${file.name} (${track.codec ?? "unknown codec"}).`,
      instead,
    );
  const timestamps: number[] = [];
  for await (const packet of new EncodedPacketSink(track).packets(undefined, undefined, { metadataOnly: true }))
    timestamps.push(packet.timestamp);
  timestamps.sort((a, b) => a - b); // they come in the order of decoding
  const sink = new VideoSampleSink(track);
  const pixels = (sample: VideoSample | null): ImageData => {
    if (!sample) throw new CompareError("unreadable", `${file.name} ends before its last frame.`, instead);
    const size = { width: sample.displayWidth, height: sample.displayHeight };
    const found = pixelsOf(name, size, (context) => sample.draw(context, 0, 0));
    sample.close();
    return found;
  };
  return {
    ...{ name, count: timestamps.length },
    async *frames() {
      for await (const sample of sink.samplesAtTimestamps(timestamps)) yield pixels(sample);
    },
    frame: async (at) => pixels(await sink.getSample(timestamps[at] as number)),
  };
};
