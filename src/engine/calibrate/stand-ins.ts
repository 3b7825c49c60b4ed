import { accept, aText } from "../expect.js";

/**
 * Numbers in place of a calibration's, so that a method that needs one can be asked about everything else: its sites,
 * its bytes, a plan by share. Nothing that it decides by them means anything.
 */
export const standIn = (name: string, steps: number): Readonly<Record<string, unknown>> => {
  const none = (): readonly (readonly number[])[] => [Array.from({ length: Math.max(1, steps - 1) }, () => 1)];
  const known: Readonly<Record<string, () => Readonly<Record<string, unknown>>>> = {
    dpcache: () => ({ errors: { line: [], reuse: [[0]] } }),
    magcache: () => ({ magRatios: [1] }),
    meancache: () => ({ products: [[1]] }),
    smoothcache: () => ({ errors: { "spatial-attention": none(), "feed-forward": none() } }),
    teacache: () => ({ coefficients: [1, 0] }),
  };
  return Object.hasOwn(known, name) ? (known[name] as () => Readonly<Record<string, unknown>>)() : {};
};

/** Whether the method of this name cannot do without numbers of a calibration. */
export const takesNumbers = (name: string): boolean => {
  accept("takesNumbers", { name: [name, aText] });
  return Object.keys(standIn(name, 2)).length > 0;
};
