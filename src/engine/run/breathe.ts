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
 * Lets timers, messages and requests have their turn. WebAssembly computes in this thread and never leaves it of itself:
 * without a breath between its steps, a run could not be stopped from outside, and a server would answer nobody.
 */
export const breathe = (): Promise<void> => new Promise(soon);
