import { inBytes } from "../page/bytes.js";

interface Bytes {
  readonly loaded: number;
  readonly total: number;
}

/** How fast a download is and how long it still takes, in words; "" until a second of it has been seen. */
export const transferClock = () => {
  let first: { readonly loaded: number; readonly at: number } | undefined;
  let last = 0;
  return ({ loaded, total }: Bytes, now = performance.now()): string => {
    if (!first || loaded < last) first = { loaded, at: now };
    last = loaded;
    const [bytes, ms] = [loaded - first.loaded, now - first.at];
    if (ms < 1000 || bytes === 0) return "";
    const left = total > loaded ? `, ${Math.ceil(((total - loaded) * ms) / bytes / 1000)} s left` : "";
    return `, ${inBytes((1000 * bytes) / ms)}/s${left}`;
  };
};
