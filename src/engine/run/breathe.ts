/** Runs a callback once everything that waits in the thread has had its turn. */
const soon: (run: () => void) => void =
  typeof setImmediate === "function"
    ? (run) => void setImmediate(run)
    : (run) => {
        const { port1, port2 } = new MessageChannel(); // a timer waits for 4 ms in browsers
        port1.onmessage = () => {
          port1.close();
          run();
        };
        port2.postMessage(undefined);
      };

/**
 * How long a run keeps its thread: a stop or a message waits no longer than this and the step under way. Steps that are
 * shorter share a turn, which takes from 0.1 ms to some milliseconds where the machine does other work.
 */
const turnMs = 100;
let lastTurn = 0;

/**
 * Lets timers, messages and requests have their turn, if they had none for a while. WebAssembly computes in this thread and
 * never leaves it of itself: without a breath between its steps, a run could not be stopped from outside, and a server
 * would answer nobody.
 */
export const breathe = async (): Promise<void> => {
  if (performance.now() - lastTurn < turnMs) return;
  await new Promise<void>(soon);
  lastTurn = performance.now();
};
