import type { Course } from "./course.js";
import { lowerMedian } from "./median.js";

const span = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
const rise = (values: readonly number[]): number => (values.at(-1) as number) - (values[0] as number);

/** The word of the slot "motion" that a course reads as. @param period degrees after which the shape looks the same */
export const motionOf = ({ x, y, radius, degrees }: Course, period: number): string => {
  const [wide, high, right, down] = [span(x), span(y), rise(x), rise(y)];
  if (Math.max(wide, high) < 0.2) {
    if (Math.max(...radius) / Math.max(1e-6, Math.min(...radius)) > 1.5) return "pulsing";
    const wrapped = (turn: number): number => ((((turn + period / 2) % period) + period) % period) - period / 2;
    const turns = degrees.slice(1).map((one, frame) => wrapped(one - (degrees[frame] as number)));
    return period < 360 && Math.abs(lowerMedian(turns)) > 9 ? "spinning" : "standing still";
  }
  if (Math.min(wide, high) > 0.2) {
    const straight = Math.hypot(right, down) / Math.hypot(wide, high);
    return straight > 0.8 && right > 0 && down > 0 ? "moving diagonally" : "orbiting";
  }
  if (wide > high) return right > 0 ? "moving right" : "moving left";
  if (Math.abs(down) < 0.7 * high) return "bouncing";
  return down > 0 ? "moving down" : "moving up";
};
