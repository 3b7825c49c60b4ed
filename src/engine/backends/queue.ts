/**
 * One thing at a time, in the order asked for. onnxruntime-web may not create, run or release two sessions at once:
 * overlapping calls corrupt its memory.
 */
export const queue = () => {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work, work);
    last = next.catch(() => {});
    return next;
  };
};
