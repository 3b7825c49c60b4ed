import type { Tensor } from "./tensor.js";

/** Frames of pixels in [−1, 1], [clips, channels, frames, height, width]; an image model has one frame. */
export interface Clip extends Tensor {
  /** Frames per second at which it is meant to be seen. */
  readonly fps: number;
}
