/** Where a scheduler lays its timesteps: the three spacings of arXiv:2305.08891, Table 2. */
export type Spacing = "leading" | "linspace" | "trailing";
export const spacings: readonly Spacing[] = ["leading", "linspace", "trailing"];

/** numpy.linspace in double: equal gaps from `start`, the last number exactly `stop`. */
export const linspace = (start: number, stop: number, count: number): number[] => {
  const gap = (stop - start) / Math.max(1, count - 1);
  return Array.from({ length: count }, (_, i) => (i > 0 && i === count - 1 ? stop : start + i * gap));
};

/** torch.linspace in float32, from both ends towards the middle; product and sum are rounded once. */
export const linspace32 = (start: number, end: number, count: number): Float32Array => {
  const [from, to] = [Math.fround(start), Math.fround(end)];
  const step = count > 1 ? Math.fround(Math.fround(to - from) / (count - 1)) : 0;
  return Float32Array.from({ length: count }, (_, i) =>
    i < Math.max(1, Math.floor(count / 2)) ? from + step * i : to - step * (count - 1 - i),
  );
};

/** numpy.round: halves go to the even neighbour. */
export const roundEven = (value: number): number => {
  const below = Math.floor(value);
  const rest = value - below;
  return rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1;
};

/**
 * Timesteps from `most` − 1 downwards with gaps of `count` / `steps`, as numpy.arange lays them.
 *
 * For 61, 103, 121 and some other numbers of steps the rounded gaps fall short of 0, and diffusers' arange yields one
 * timestep more: −1, at which it takes the noise of the *first* timestep. That one is left out here.
 */
export const trailing = (steps: number, count: number, most = count): number[] => {
  const gap = most - (most - count / steps);
  const length = most === count ? steps : Math.ceil(most / (count / steps));
  return Array.from({ length }, (_, i) => roundEven(most - i * gap) - 1);
};

/** The timesteps of DDIM, DDPM and CogVideoX's schedulers, noise first. */
export const spaced = (spacing: Spacing, steps: number, count: number, offset: number): number[] => {
  if (spacing === "trailing") return trailing(steps, count);
  if (spacing === "linspace")
    return steps === 1
      ? [0]
      : linspace(0, count - 1, steps)
          .map(roundEven)
          .reverse();
  return Array.from({ length: steps }, (_, i) => i * Math.floor(count / steps) + offset).reverse();
};

/** Those of the multistep solvers: all but the last of `steps` + 1, below `most`. */
export const spacedWithoutEnd = (
  spacing: Spacing,
  steps: number,
  count: number,
  offset: number,
  most = count,
): number[] => {
  if (spacing === "trailing") return trailing(steps, count, most);
  const ascending =
    spacing === "linspace"
      ? linspace(0, most - 1, steps + 1).map(roundEven)
      : Array.from({ length: steps + 1 }, (_, i) => i * Math.floor(most / (steps + 1)) + offset);
  return ascending.slice(1).reverse();
};
