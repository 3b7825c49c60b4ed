/**
 * Least-squares polynomial through points, highest power first, as numpy.polyfit gives it: columns scaled to length 1,
 * then Householder reflections, so that a degree of 4 over a narrow range keeps its digits.
 *
 * @throws RangeError with fewer distinct x than coefficients
 */
export const polyfit = (x: readonly number[], y: readonly number[], degree: number): number[] => {
  const size = degree + 1;
  if (new Set(x).size < size)
    throw new RangeError(`${new Set(x).size} distinct points do not determine a degree of ${degree}`);
  const columns = Array.from({ length: size }, (_, column) => x.map((one) => one ** (degree - column)));
  const lengths = columns.map((column) => Math.hypot(...column));
  for (const [index, column] of columns.entries())
    for (const row of column.keys()) column[row] = (column[row] as number) / (lengths[index] as number);
  const target = [...y];
  const reflect = (values: number[], mirror: readonly number[], from: number): void => {
    let dot = 0;
    for (let row = from; row < values.length; row++) dot += (mirror[row] as number) * (values[row] as number);
    for (let row = from; row < values.length; row++)
      values[row] = (values[row] as number) - 2 * dot * (mirror[row] as number);
  };
  for (const [pivot, column] of columns.entries()) {
    const mirror = column.map((value, row) => (row < pivot ? 0 : value));
    const head = mirror[pivot] as number;
    mirror[pivot] = head + (head < 0 ? -1 : 1) * Math.hypot(...mirror);
    const length = Math.hypot(...mirror);
    const unit = mirror.map((value) => value / length);
    for (const values of [...columns.slice(pivot), target]) reflect(values, unit, pivot);
  }
  const solution = new Array<number>(size).fill(0);
  for (let row = size - 1; row >= 0; row--) {
    let rest = target[row] as number;
    for (let column = row + 1; column < size; column++)
      rest -= (columns[column]?.[row] as number) * (solution[column] as number);
    solution[row] = rest / (columns[row]?.[row] as number);
  }
  return solution.map((value, index) => value / (lengths[index] as number));
};
