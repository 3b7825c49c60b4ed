// One picture in four levels: each is drawn in a frame of the same size, and lies in a box of the level above.

/** A part of the picture that fills the view; its height is three quarters of its width. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** Every level is drawn in so many units. */
export const frame = { width: 320, height: 240 } as const;

/** The scenes of the story in their order, with the level that each looks at. */
export const scenes = [
  { name: "run", title: "Noise becomes a clip", level: 0 },
  { name: "step", title: "A step", level: 1 },
  { name: "passes", title: "Two passes", level: 1 },
  { name: "blocks", title: "Blocks", level: 2 },
  { name: "sub-layers", title: "Sub-layers", level: 3 },
  { name: "reuse", title: "Computed or reused", level: 0 },
] as const;

export type Scene = (typeof scenes)[number]["name"];

/** Cells of the steps, in a run of so many. */
export const stepBoxes = (steps: number): readonly View[] =>
  Array.from({ length: steps }, (_, step) => ({ x: 10.5 + (step * 300) / steps, y: 126, width: 300 / steps - 1 }));
/** The step that is opened. */
export const opened = 7;
/** The passes in a step, with the prompt and without. */
export const passBoxes: readonly View[] = [
  { x: 18, y: 62, width: 136 },
  { x: 166, y: 62, width: 136 },
];
/** The blocks in a pass. */
export const blockBoxes: readonly View[] = Array.from({ length: 8 }, (_, at) => ({
  x: 14 + (at % 4) * 74,
  y: 58 + Math.floor(at / 4) * 84,
  width: 70,
}));
/** The sub-layers in a block. */
export const subLayerBoxes: readonly View[] = [0, 1, 2].map((at) => ({ x: 14 + at * 100, y: 84, width: 92 }));

const whole: View = { x: 0, y: 0, width: frame.width };

/** A box of a level, seen from outside. */
const inside = (level: View, box: View): View => {
  const scale = level.width / frame.width;
  return { x: level.x + scale * box.x, y: level.y + scale * box.y, width: scale * box.width };
};

/** Where each level lies: the run of so many steps, the opened step, its first pass, and that one's first block. */
export const levelsOf = (steps: number): readonly View[] => {
  const step = inside(whole, stepBoxes(steps)[opened] as View);
  const pass = inside(step, passBoxes[0] as View);
  return [whole, step, pass, inside(pass, blockBoxes[0] as View)];
};

/** The way from one view to another: as fast at every magnification, around the point that does not move. */
export const zoom =
  (from: View, to: View) =>
  (share: number): View => {
    if (share >= 1 || from.width === to.width) return share < 1 ? from : to;
    const width = from.width * (to.width / from.width) ** share;
    const left = (width - to.width) / (from.width - to.width);
    return { x: to.x + left * (from.x - to.x), y: to.y + left * (from.y - to.y), width };
  };
