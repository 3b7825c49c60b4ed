/** What ends a process from outside, with the number that a shell adds to 128. */
const numbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
export type EndingSignal = keyof typeof numbers;

type Leave = (signal: EndingSignal) => void;
const leaving = new Set<Leave>();

const end = (signal: EndingSignal): never => {
  for (const leave of leaving) leave(signal);
  process.exit(128 + numbers[signal]);
};

/** For a process with a thread that waits in a read, for which `exit` would wait too: a shell sees the same. */
export const endAtOnce: Leave = (signal) => {
  process.off(signal, end);
  process.kill(process.pid, signal);
};

/**
 * Does something, at once and without waiting, before a signal ends the process; what was asked for first comes first. The
 * signal is answered between two graphs: WebAssembly holds the thread in between.
 *
 * @returns what takes it back
 */
export const beforeEnd = (leave: Leave): (() => void) => {
  if (leaving.size === 0) for (const signal of Object.keys(numbers)) process.on(signal, end);
  leaving.add(leave);
  return () => {
    leaving.delete(leave);
    if (leaving.size === 0) for (const signal of Object.keys(numbers)) process.off(signal, end);
  };
};
