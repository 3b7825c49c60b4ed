import type { Follower } from "../device/lent-engine.js";
import { runStatusOf, statusOf } from "../device/run-status.js";
import { placeInWords } from "../device/turns.js";

/** Says in words what a cell's engine does. */
export const saidFollower = (say: (text: string) => void): Follower => ({
  onLoading: (progress) => say(statusOf("uncached", progress).text),
  onPlace: (ahead) => say(placeInWords(ahead)),
  onProgress: (methods, progress) => say(runStatusOf(methods, progress)),
});
