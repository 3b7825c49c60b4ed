import { type Domain, nearest, type Pixel, squared } from "../text/domain.js";
import { lowerMedian } from "./median.js";

/** The word of the ground and its colour at each row, from the median colours of the edge's upper and lower thirds. */
export const groundOf = (pixel: Pixel, frames: number, side: number, domain: Domain) => {
  const part = Math.floor(side / 3);
  const rows = (name: string, row: number): number[] => {
    const [top, bottom] = domain.backgrounds[name] as readonly [readonly number[], readonly number[]];
    return top.map((value, channel) => (value + ((bottom[channel] as number) - value) * ((row + 0.5) / side)) / 255);
  };
  const thirds = [
    [0, part],
    [side - part, side],
  ] as const;
  const seen = thirds.map(([from, to]) =>
    [0, 1, 2].map((channel) => {
      const values: number[] = [];
      for (let frame = 0; frame < frames; frame++)
        for (let row = from; row < to; row++)
          for (const column of [0, 1, side - 2, side - 1]) values.push(pixel(channel, frame, row, column));
      return lowerMedian(values);
    }),
  );
  const middle = (name: string, [from, to]: readonly [number, number]): number[] =>
    [0, 1, 2].map((channel) =>
      lowerMedian(Array.from({ length: to - from }, (_, index) => rows(name, from + index)[channel] as number)),
    );
  const name = nearest(Object.keys(domain.backgrounds), (one) =>
    thirds.reduce((sum, third, index) => sum + squared(seen[index] as number[], middle(one, third)), 0),
  );
  return { name, rows: Array.from({ length: side }, (_, row) => rows(name, row)) };
};
