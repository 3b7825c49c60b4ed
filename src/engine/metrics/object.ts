import type { Domain } from "../text/domain.js";
import { type Course, least } from "./course.js";
import { motionOf } from "./motion.js";
import { periods } from "./silhouettes.js";

/** Words of an object; null where a frame does not show it. An image has no motion. */
export const wordsOf = (colour: string, shape: string, course: Course, { sizes }: Domain) => {
  const moving = course.x.length > 1;
  if (Math.min(...course.area) < least)
    return { colour: null, size: null, shape: null, ...(moving ? { motion: null } : {}) };
  const average = course.radius.reduce((sum, radius) => sum + radius, 0) / course.radius.length;
  const [small, large] = Object.entries(sizes).toSorted(([, a], [, b]) => a - b) as [
    [string, number],
    [string, number],
  ];
  return {
    colour,
    size: average > 0.95 * ((small[1] + large[1]) / 2) ? large[0] : small[0],
    shape,
    ...(moving ? { motion: motionOf(course, periods[shape] as number) } : {}),
  };
};
