/** Steps done in each picture of forming.png: after the first all is noise still, after the last it is the clip. */
export const formedOf = (steps: number): readonly number[] =>
  [0.05, 0.2, 0.4, 0.6, 0.8, 1].map((share) => Math.max(1, Math.round(share * steps)));

/** Which frame of the clip is shown. */
export const formingFrame = 4;
