/**
 * Letters to insert, delete, replace, or swap with their neighbour to turn `a` into `b` (optimal string alignment), so
 * that "rde" is one slip away from "red".
 */
export const editDistance = (a: string, b: string): number => {
  let older: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (last[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(replaced, (last[j] as number) + 1, (row[j - 1] as number) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j] as number, (older[j - 2] as number) + 1);
    }
    [older, last] = [last, row];
  }
  return last[b.length] as number;
};
