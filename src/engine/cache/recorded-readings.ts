import { accept, anObject, fields, listOf } from "../expect.js";
import type { Reading } from "../method.js";
import type { Trace } from "../trace/trace.js";
import type { AskedAt, Readings } from "./dry-run.js";

const keyOf = ({ method, site, branch, step }: AskedAt): string => JSON.stringify([method, site, branch, step]);

/** What the probes of a recorded run read, for a plan. Of several clips that were decided about one by one, the first. */
export const recordedReadings = (trace: Pick<Trace, "visits">): Readings => {
  accept("recordedReadings", { trace: [trace, fields({ visits: listOf(anObject) })] });
  const { visits } = trace;
  const found = new Map<string, readonly (Reading | undefined)[]>();
  for (const { readings = [], clip = 0, ...at } of visits)
    if (clip === 0)
      found.set(
        keyOf(at),
        readings.map((reading) => reading ?? undefined),
      );
  return (at) => found.get(keyOf(at));
};
