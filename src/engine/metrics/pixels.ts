import { EngineError } from "../errors.js";
import { sizeOf, type Tensor } from "../tensor.js";

/** A clip as a viewer gets it: [clips, channels, frames, height, width] over [0, 1]. */
export interface Shown {
  readonly dims: readonly [number, number, number, number, number];
  readonly data: Float64Array;
}

/** Pixels of [−1, 1] as [0, 1]. What lies outside is what a screen cannot show, so it is cut off first. */
const shown = (name: string, { data }: Tensor): Float64Array =>
  Float64Array.from(data, (pixel) => {
    if (Number.isNaN(pixel))
      throw new EngineError("not-finite", `${name} clip holds a pixel that is not a number.`, {
        hint: "Quality can only be measured between finished runs.",
      });
    return Math.min(1, Math.max(-1, pixel)) / 2 + 0.5;
  });

/**
 * Two clips over [0, 1].
 * @throws EngineError "input-invalid" when they have no five axes, no pixel or two shapes; "not-finite"
 */
export const shownPair = (a: Tensor, b: Tensor): readonly [Shown, Shown] => {
  if (a.dims.length !== 5 || b.dims.length !== 5 || a.dims.some((dim, axis) => dim !== b.dims[axis]))
    throw new EngineError(
      "input-invalid",
      `Clips of shape [${a.dims.join(", ")}] and [${b.dims.join(", ")}] cannot be compared.`,
      { hint: "Compare clips of one shape: [clips, channels, frames, height, width]." },
    );
  if (sizeOf(a.dims) === 0)
    throw new EngineError("input-invalid", `Clips of shape [${a.dims.join(", ")}] hold no pixel.`);
  const dims = a.dims as Shown["dims"];
  return [
    { dims, data: shown("The first", a) },
    { dims, data: shown("The second", b) },
  ];
};
