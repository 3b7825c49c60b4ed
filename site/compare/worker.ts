import { codeOf, hintOf, messageOf } from "../page/failure.js";
import { type ClipReader, openClip } from "./clip-reader.js";
import type { OwnClip } from "./clips-of.js";
import { compareFiles } from "./compare-clips.js";
import type { FrameMeasures } from "./frame-measures.js";

/** What the worker is asked for: a comparison, or one frame to look at. */
export type Asked =
  | { readonly id: number; readonly compare: readonly [reference: OwnClip, clip: OwnClip] }
  | { readonly id: number; readonly clip: OwnClip; readonly at: number };

/** Several of the first kind, then one of another. */
export type Answered = { readonly id: number } & (
  | { readonly frame: FrameMeasures; readonly at: number; readonly of: number }
  | { readonly total: FrameMeasures }
  | { readonly image: ImageData }
  | { readonly failed: { readonly message: string; readonly hint: string; readonly code: string } }
);

/** Clips that were looked at, by name: a worker is ended with the clips that it was opened for. */
const opened = new Map<string, Promise<ClipReader>>();

const readerOf = (clip: OwnClip): Promise<ClipReader> => {
  const reader = opened.get(clip.name) ?? openClip(clip);
  opened.set(clip.name, reader);
  return reader;
};

const say = (answer: Answered): void => postMessage(answer);

addEventListener("message", async ({ data: asked }: MessageEvent<Asked>) => {
  const { id } = asked;
  try {
    if ("compare" in asked)
      say({ id, total: await compareFiles(asked.compare, (frame, at, of) => say({ id, frame, at, of })) });
    else say({ id, image: await (await readerOf(asked.clip)).frame(asked.at) });
  } catch (error) {
    say({ id, failed: { message: messageOf(error), hint: hintOf(error), code: codeOf(error) } });
  }
});
