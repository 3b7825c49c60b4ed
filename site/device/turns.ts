interface Waiting {
  /** Told how many go first. */
  readonly place: (ahead: number) => void;
  readonly begin: () => void;
}

const line: Waiting[] = [];
let busy = false;

const tellPlaces = (): void => {
  for (const [index, { place }] of line.entries()) place(index + 1);
};

const stopped = (): Error => Object.assign(new Error("The run was stopped before its turn."), { code: "stopped" });

interface Turn {
  readonly signal: AbortSignal;
  /** Called with the number of runs that go first, while there are any. */
  readonly onPlace: (ahead: number) => void;
}

/**
 * Whatever computes on a page takes turns, in the order asked for: an example's two runs would otherwise be timed
 * beside another's. Aborting `signal` gives up the place.
 */
export const inTurn = async <T>(work: () => Promise<T>, { signal, onPlace }: Turn): Promise<T> => {
  if (signal.aborted) throw stopped();
  if (busy)
    await new Promise<void>((begin, reject) => {
      const leave = (): void => {
        line.splice(line.indexOf(me), 1);
        tellPlaces();
        reject(stopped());
      };
      const me: Waiting = {
        place: onPlace,
        begin() {
          signal.removeEventListener("abort", leave);
          begin();
        },
      };
      signal.addEventListener("abort", leave, { once: true });
      line.push(me);
      onPlace(line.length);
    });
  busy = true;
  try {
    return await work();
  } finally {
    const next = line.shift();
    if (next)
      next.begin(); // Still busy: nobody who asks now may overtake.
    else busy = false;
    tellPlaces();
  }
};

/** "Waiting: 2 runs go first". */
export const placeInWords = (ahead: number): string =>
  `Waiting for its turn: ${ahead} ${ahead === 1 ? "run goes" : "runs go"} first`;
