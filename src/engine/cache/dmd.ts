// Dynamic mode decomposition, of features of which only the products are known. Loaded on demand: few runs need it.
type Complex = readonly [re: number, im: number];
type Matrix = readonly (readonly number[])[];

const times = ([a, b]: Complex, [c, d]: Complex): Complex => [a * c - b * d, a * d + b * c];
const minus = ([a, b]: Complex, [c, d]: Complex): Complex => [a - c, b - d];
const over = (a: Complex, [c, d]: Complex): Complex => {
  const [re, im] = times(a, [c, -d]);
  const square = c * c + d * d;
  return [re / square, im / square];
};
/** The principal value. */
const power = ([re, im]: Complex, exponent: number): Complex => {
  const [size, angle] = [Math.hypot(re, im) ** exponent, Math.atan2(im, re) * exponent];
  return [size * Math.cos(angle), size * Math.sin(angle)];
};
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, at) => sum + value * (b[at] as number), 0);
const column = (matrix: Matrix, at: number): number[] => matrix.map((row) => row[at] as number);
const product = (a: Matrix, b: Matrix): number[][] =>
  a.map((row) => (b[0] as readonly number[]).map((_, at) => dot(row, column(b, at))));
const transpose = (matrix: Matrix): number[][] => (matrix[0] as readonly number[]).map((_, at) => column(matrix, at));

/** Eigenvalues of a symmetric matrix, largest first, each with its vector of length 1: by Jacobi's rotations. */
const symmetricEigen = (matrix: Matrix): readonly { readonly value: number; readonly vector: readonly number[] }[] => {
  let rotated = matrix.map((row) => [...row]);
  let vectors: number[][] = matrix.map((row, at) => row.map((_, other) => (at === other ? 1 : 0)));
  const size = matrix.length;
  const least = 1e-17 * matrix.reduce((sum, row, at) => sum + (row[at] as number), 0);
  for (let sweep = 0; sweep < 30; sweep++)
    for (let p = 0; p < size; p++)
      for (let q = p + 1; q < size; q++) {
        const off = rotated[p]?.[q] as number;
        if (Math.abs(off) <= least) continue;
        const angle = Math.atan2(2 * off, (rotated[q]?.[q] as number) - (rotated[p]?.[p] as number)) / 2;
        const turn = matrix.map((row, at) => row.map((_, other) => (at === other ? 1 : 0)));
        const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
        Object.assign(turn[p] as number[], { [p]: cos, [q]: sin });
        Object.assign(turn[q] as number[], { [p]: -sin, [q]: cos });
        rotated = product(product(transpose(turn), rotated), turn);
        vectors = product(vectors, turn);
      }
  return rotated
    .map((row, at) => ({ value: row[at] as number, vector: column(vectors, at) }))
    .toSorted((a, b) => b.value - a.value);
};

/** Eigenvalues of any small matrix: the roots of its characteristic polynomial (Faddeev and LeVerrier, Durand and Kerner). */
const eigenvalues = (matrix: Matrix): readonly Complex[] => {
  const size = matrix.length;
  const coefficients = [1];
  let power = matrix.map((row) => [...row]);
  for (let k = 1; k <= size; k++) {
    const coefficient = -power.reduce((sum, row, at) => sum + (row[at] as number), 0) / k;
    coefficients.push(coefficient);
    power = product(
      matrix,
      power.map((row, at) => row.map((value, other) => value + (at === other ? coefficient : 0))),
    );
  }
  const valueAt = (z: Complex): Complex =>
    coefficients.reduce<Complex>((sum, c) => minus(times(sum, z), [-c, 0]), [0, 0]);
  const reach = 1 + Math.max(...coefficients.slice(1).map(Math.abs));
  let roots = coefficients.slice(1).map((_, at): Complex => {
    const angle = (2 * Math.PI * at) / size + 0.4;
    return [reach * 0.5 * Math.cos(angle), reach * 0.5 * Math.sin(angle)];
  });
  let moved = 1;
  for (let round = 0; round < 200 && moved > 1e-15; round++) {
    moved = 0;
    roots = roots.map((root, at) => {
      const others = roots.filter((_, other) => other !== at);
      const spread = others.reduce<Complex>((all, other) => times(all, minus(root, other)), [1, 0]);
      const step = over(valueAt(root), spread);
      if (!step.every(Number.isFinite)) return root;
      moved = Math.max(moved, Math.hypot(...step));
      return minus(root, step);
    });
  }
  return roots;
};

/** The real part of matrix^exponent · vector, by Newton's interpolation of z^exponent at the eigenvalues. */
const powerTimes = (matrix: Matrix, exponent: number, vector: readonly number[]): number[] => {
  // Equal roots are moved apart by less than what they are known to.
  const nodes = eigenvalues(matrix).map(([re, im], at): Complex => [re * (1 + 1e-9 * at), im]);
  let differences = nodes.map((node) => power(node, exponent));
  let term = vector.map((value): Complex => [value, 0]);
  const sum = vector.map(() => 0);
  for (const [order, node] of nodes.entries()) {
    const [first] = differences as [Complex];
    for (const [at, value] of term.entries()) sum[at] = (sum[at] as number) + times(first, value)[0];
    const before = term;
    term = matrix.map((row, at) =>
      minus(
        row.reduce<Complex>(
          ([re, im], value, other) => {
            const [x, y] = before[other] as Complex;
            return [re + value * x, im + value * y];
          },
          [0, 0],
        ), // prettier-ignore
        times(node, before[at] as Complex),
      ),
    );
    differences = differences
      .slice(1)
      .map((value, at) =>
        over(minus(value, differences[at] as Complex), minus(nodes[at + order + 1] as Complex, nodes[at] as Complex)),
      );
  }
  return sum;
};

/** x with matrix · x = right, of a symmetric matrix that is not negative; undefined where it is singular. */
const solved = (matrix: Matrix, right: readonly number[]): number[] | undefined => {
  const [largest, ...rest] = symmetricEigen(matrix);
  const modes = [largest, ...rest].filter((mode) => mode !== undefined);
  if (!largest || modes.some(({ value }) => !(value > 1e-14 * largest.value))) return undefined;
  return right.map((_, at) =>
    modes.reduce((sum, { value, vector }) => sum + ((vector[at] as number) * dot(vector, right)) / value, 0),
  );
};

/** Singular values below this share of the largest are noise. */
const leastMode = 1e-4;

/**
 * Weights of the forecast by dynamic mode decomposition: the features h₁ … hₙ, evenly spaced, are taken for h_{i+1} = A h_i
 * with A of the rank that their singular values allow, and the last one is carried on to A^e hₙ, with e the steps since it
 * was computed over the spacing. In features this is a sum of exponentials; in weights, a small problem in their products.
 *
 * @param products `products[i][j]`, of feature i with feature j, newest first
 * @param computed their steps, evenly spaced
 * @returns weights, newest first; undefined where the features say too little
 */
export const dmdWeights = (
  products: Matrix,
  computed: readonly number[],
  step: number,
): readonly number[] | undefined => {
  const old = [...computed.keys()].toReversed(); // oldest first
  const between = (rows: readonly number[], columns: readonly number[]): number[][] =>
    rows.map((row) => columns.map((other) => products[row]?.[other] as number));
  const [before, after] = [old.slice(0, -1), old.slice(1)];
  const modes = symmetricEigen(between(before, before));
  const strongest = Math.sqrt(Math.max(0, modes[0]?.value ?? 0));
  const kept = modes.filter(({ value }) => Math.sqrt(Math.max(0, value)) > leastMode * strongest);
  if (kept.length === 0) return undefined;
  const basis = transpose(kept.map(({ value, vector }) => vector.map((one) => one / Math.sqrt(value))));
  const seen = transpose(basis);
  const propagator = product(product(seen, between(before, after)), basis);
  const start = solved(
    product(product(seen, between(after, after)), basis),
    product(seen, between(after, [0])).map(([value]) => value as number),
  );
  if (!start) return undefined;
  const elapsed = (step - (computed[0] as number)) / ((computed[0] as number) - (computed[1] as number));
  const carried = powerTimes(propagator, elapsed, start);
  const weights = basis.map((row) => dot(row, carried)).toReversed();
  return weights.every(Number.isFinite) ? weights : undefined;
};
