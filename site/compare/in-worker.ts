import type { OwnClip } from "./clips-of.js";
import type { FrameMeasures } from "./frame-measures.js";
import type { Answered, Asked } from "./worker.js";

/** A worker that measures and reads frames, so that the page answers meanwhile. Closed, it drops what it was doing. */
export interface CompareWorker {
  compare(
    reference: OwnClip,
    clip: OwnClip,
    each: (measures: FrameMeasures, at: number, of: number) => void,
  ): Promise<FrameMeasures>;
  picture(clip: OwnClip, at: number): Promise<ImageData>;
  close(): void;
}

type Without<All, Key extends string> = All extends unknown ? Omit<All, Key> : never;

export const openWorker = (): CompareWorker => {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const waiting = new Map<number, (answer: Answered) => void>();
  const refuse: ((error: Error) => void)[] = [];
  worker.addEventListener("message", ({ data }: MessageEvent<Answered>) => waiting.get(data.id)?.(data));
  worker.addEventListener("error", ({ message }) => {
    for (const one of refuse) one(new Error(message || "The worker that compares did not start."));
  });
  let last = 0;
  const ask = <Given>(asked: Without<Asked, "id">, take: (answer: Answered) => Given | undefined): Promise<Given> =>
    new Promise((resolve, reject) => {
      const id = ++last;
      refuse.push(reject);
      waiting.set(id, (answer) => {
        const given = "failed" in answer ? undefined : take(answer);
        if (given === undefined && !("failed" in answer)) return;
        waiting.delete(id);
        if ("failed" in answer) reject(answer.failed);
        else resolve(given as Given);
      });
      worker.postMessage({ id, ...asked });
    });
  return {
    compare: (reference, clip, each) =>
      ask({ compare: [reference, clip] }, (answer) => {
        if ("frame" in answer) each(answer.frame, answer.at, answer.of);
        return "total" in answer ? answer.total : undefined;
      }),
    picture: (clip, at) => ask({ clip, at }, (answer) => ("image" in answer ? answer.image : undefined)),
    close: () => worker.terminate(),
  };
};
