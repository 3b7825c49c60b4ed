import { shown } from "../errors.js";
import type { Model } from "../models/model.js";

/**
 * What a run says of its weights: that they are others than the file's, and a sentence on what the checkpoint holds and
 * the network did not read, with the first names.
 */
export const weightNotes = ({ weights }: Model): readonly string[] => [
  ...(weights.notes?.() ?? []),
  ...unread(weights),
];

const unread = (weights: Model["weights"]): readonly string[] => {
  const names = weights.unread();
  if (names.length === 0) return [];
  const first = names.slice(0, 5).map((name) => shown(name, 100));
  const list = `${first.join(", ")}${names.length > 5 ? " …" : ""}`;
  const what = names.length === 1 ? "1 tensor" : `${names.length} tensors`;
  return [`The network does not read ${what} of its checkpoint: ${list}.`];
};
