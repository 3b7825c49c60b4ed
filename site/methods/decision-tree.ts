import type { MethodName } from "diffusion-cache";

/** A question whose "yes" ends the way; its "no" leads to the next one. */
export interface Question {
  readonly ask: string;
  readonly method: MethodName;
  readonly why: string;
}

/** What narrows the choice down most comes first. */
export const questions: readonly Question[] = [
  {
    ask: "Must every clip stay exactly as it is?",
    method: "textkv",
    why: "Lossless: it keeps what the prompt alone decides. It saves little.",
  },
  {
    ask: "Does the model run in fewer than ten steps, or is it distilled?",
    method: "dbcache",
    why: "Set a high threshold and at most one reuse in a row. Little is left to skip.",
  },
  {
    ask: "Is the inside of the network out of reach: an API, a compiled graph, a U-Net?",
    method: "easycache",
    why: "It reads only inputs and predictions, and has one threshold.",
  },
  {
    ask: "Will you run one model with one scheduler and number of steps many times?",
    method: "magcache",
    why: "One calibration run; then the schedule is known, and nothing is read back.",
  },
  {
    ask: "Is it a long video, so that attention is most of the work, and is there memory to spare?",
    method: "pab",
    why: "It skips only attention, and keeps a tensor for every module. On a large model that can exceed the weights, so plan it first.",
  },
  {
    ask: "None of these?",
    method: "firstblockcache",
    why: "One threshold, two tensors per branch, no calibration: each run decides for itself.",
  },
];
