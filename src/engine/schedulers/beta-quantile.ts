// The quantile function of the beta distribution with two equal parameters, as scipy.stats.beta.ppf has it.

/** Continued fraction of the incomplete beta function, by the method of Lentz. */
const fraction = (x: number, a: number): number => {
  const tiny = 1e-300;
  const away = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - (2 * a * x) / (a + 1));
  let result = d;
  for (let m = 1; m < 300; m++) {
    const even = (m * (a - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (2 * a + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    result *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return result;
};

/** x^a·(1 − x)^a / a times the fraction: the integral up to x, without its norm. */
const integral = (x: number, a: number): number => ((x * (1 - x)) ** a / a) * fraction(x, a);

/**
 * The x below which a share `share` of the beta distribution with both parameters `a` lies, to about 1e-14.
 *
 * @param share 0 … 1
 */
export const betaQuantile = (share: number, a: number): number => {
  if (share <= 0 || share >= 1) return Math.min(1, Math.max(0, share));
  if (share > 0.5) return 1 - betaQuantile(1 - share, a); // the distribution is symmetrical
  const half = integral(0.5, a); // half of the whole
  let [low, high] = [0, 0.5];
  for (let i = 0; i < 200 && high - low > 1e-17; i++) {
    const middle = (low + high) / 2;
    if (integral(middle, a) / half < 2 * share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};
