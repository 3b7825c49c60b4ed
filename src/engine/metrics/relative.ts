/** Mean of what was added. */
export const mean = () => {
  let [sum, count] = [0, 0];
  return {
    add(value: number): void {
      sum += value;
      count += 1;
    },
    value: (): number => sum / count,
  };
};

export type Mean = ReturnType<typeof mean>;

/** mean |a − b| / mean |b|. */
export const relativeL1 = (a: Float32Array, b: Float32Array): number => {
  let [difference, size] = [0, 0];
  for (let index = 0; index < b.length; index++) {
    difference += Math.abs((a[index] as number) - (b[index] as number));
    size += Math.abs(b[index] as number);
  }
  return difference / size;
};
