import type { serveEngine } from "diffusion-cache";

/**
 * Counts messages: so many may come at once, and so many in a second for as long as one likes.
 *
 * @returns counts one. False when it is one too many, which `tooMany` is told once
 */
export const messageFlow = (atOnce: number, aSecond: number, tooMany: () => void, clock = () => performance.now()) => {
  let [room, since, over] = [atOnce, clock(), false];
  return (): boolean => {
    if (over) return false;
    const now = clock();
    room = Math.min(atOnce, room + ((now - since) / 1000) * aSecond);
    since = now;
    if (room < 1) {
      over = true;
      tooMany();
      return false;
    }
    room--;
    return true;
  };
};

type Wire = Parameters<typeof serveEngine>[0];
export type Counted = Wire & { close(): void };

/** A port whose messages are counted before anybody hears them. */
export const counted = (port: MessagePort, count: () => boolean): Counted => {
  const wire: Counted = {
    onmessage: null,
    postMessage: (message, transfer) => port.postMessage(message, transfer),
    close: () => port.close(),
  };
  port.onmessage = (event) => {
    if (count()) wire.onmessage?.(event);
  };
  return wire;
};
