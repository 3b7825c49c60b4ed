/** Steps done in each picture of forming.png: after the first all is noise still, after the last it is the clip. */
export const formed = [1, 4, 8, 12, 16, 20] as const;

/** Which frame of the clip is shown. */
export const formingFrame = 4;
