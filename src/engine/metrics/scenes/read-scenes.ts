import type { Clip } from "../../clip.js";
import { accept, aTensor } from "../../expect.js";
import { aSceneLooks, type SceneLooks } from "../../text/scene-looks.js";
import { bandsOf } from "./bands.js";
import { type Mask, masksOf } from "./colour-mask.js";
import { courseOf } from "./form.js";
import { framesOf, side } from "./frames.js";
import { likeliest } from "./likeliest.js";

/** A word per slot as the pixels read; those of the object are `null` where a frame shows none. */
export interface SceneReading {
  /** Of the object, as the prompt names it. */
  readonly colour: string | null;
  /** Its kind: balloon, kite or boat. */
  readonly object: string | null;
  /** Where it goes. */
  readonly motion: string | null;
  /** What the land is. */
  readonly scene: string;
  /** Of the day. */
  readonly time: string;
  /** What the sky is. */
  readonly weather: string;
}

const least = 0.004; // share of a frame that an object fills

/** Mean of the last third of a course less that of the first. */
const rise = (course: readonly number[]): number => {
  const third = Math.max(1, Math.floor(course.length / 3));
  const mean = (part: readonly number[]): number => part.reduce((sum, value) => sum + value, 0) / third;
  return mean(course.slice(-third)) - mean(course.slice(0, third));
};

const motionOf = (x: readonly number[], y: readonly number[]): string => {
  const [right, down] = [rise(x), rise(y)];
  if (Math.abs(right) > Math.abs(down)) return right > 0 ? "drifting right" : "drifting left";
  return down > 0 ? "sinking" : "rising";
};

/**
 * Reads the words of a landscape clip back from its pixels: scene, time and weather by the colours and the roughness of
 * twelve bands of rows, then the object by the pixels of its colour, where they are densest; its kind by the moments of
 * that mask and its motion by its course. The twin of training/scenes/read.py, which says how often it is right.
 *
 * @param clip one clip, square frames of a multiple of 72 pixels
 * @throws EngineError "input-invalid" for any other, and for looks that are none
 */
export const readScenes = (clip: Clip, looks: SceneLooks): SceneReading => {
  accept("readScenes", { clip: [clip, aTensor], looks: [looks, aSceneLooks] });
  const frames = framesOf(clip);
  const [scene, time, weather] = likeliest(bandsOf(frames), looks.place);
  const total = (masks: readonly Mask[]): number => masks.reduce((sum, { count }) => sum + count, 0);
  const [found, ...others] = Object.entries(looks.colours).map(([colour, rgb]) => ({
    colour,
    masks: masksOf(frames, rgb, looks.lamps[time] ?? [1, 1, 1]),
  })) as [{ colour: string; masks: Mask[] }, ...{ colour: string; masks: Mask[] }[]];
  const { colour, masks } = others.reduce((best, one) => (total(one.masks) > total(best.masks) ? one : best), found);
  if (Math.min(...masks.map(({ count }) => count)) <= least * side ** 2)
    return { colour: null, object: null, motion: null, scene, time, weather };
  const { x, y, features } = courseOf(masks);
  return { colour, object: likeliest(features, looks.object), motion: motionOf(x, y), scene, time, weather };
};
