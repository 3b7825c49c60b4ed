/** What the third picture beside two clips can show. */
export const differenceViews = [
  { name: "difference", title: "Difference", by: 16, help: "of both clips, for each colour" },
  { name: "flip", title: "FLIP", by: 4, help: "what is seen when both clips are shown in turn" },
  {
    name: "temporal",
    title: "Temporal error",
    by: 16,
    help: "what changed since the frame before otherwise than uncached",
  },
] as const;

export type DifferenceView = (typeof differenceViews)[number]["name"];
