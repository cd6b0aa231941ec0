import { continuedFraction } from './continued-fraction.ts';

/** From here on the asymptotic series below are exact to the last digit of a double. */
const ASYMPTOTIC_FROM = 30;
const MOST_TERMS = 100_000;

/**
 * Γ(a + ½) / Γ(a + 1) for a ≥ 0. By recurrence up to the asymptotic series of the logarithm of the
 * ratio (Abramowitz and Stegun 6.1.40, applied to both arguments), so that nothing cancels.
 */
export function halfStepRatio(a: number): number {
  let shifted = a;
  let factor = 1 / (a + 0.5);
  // Γ(a + ½) / Γ(a) = r(a); r(a) / a = r(a + 1) / (a + ½)
  for (shifted += 1; shifted < ASYMPTOTIC_FROM; shifted += 1) factor *= shifted / (shifted + 0.5);
  const s = 1 / (shifted * shifted);
  const series = -1 / 8 + s * (1 / 192 + s * (-1 / 640 + s * (17 / 14336 - (s * 31) / 18432)));
  return factor * Math.sqrt(shifted) * Math.exp(series / shifted);
}

/** x^a e^(−x) / Γ(a), with Stirling's series (Abramowitz and Stegun 6.1.41) for Γ. */
function gammaFactor(a: number, x: number): number {
  let shifted = a;
  let product = 1;
  for (; shifted < ASYMPTOTIC_FROM; shifted += 1) product *= shifted;
  const s = 1 / (shifted * shifted);
  const series = (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s / 1680))) / shifted;
  const apart = (x - shifted) / shifted;
  // Where both are large and close, the terms below would cancel each other's digits.
  const exponent =
    shifted === a && Math.abs(apart) < 0.5
      ? -a * (apart - Math.log1p(apart))
      : shifted - x + a * Math.log(x) - shifted * Math.log(shifted);
  return product * Math.sqrt(shifted / (2 * Math.PI)) * Math.exp(exponent - series);
}

function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n <= MOST_TERMS; n += 1) {
    term *= x / (a + n);
    sum += term;
    if (term <= sum * Number.EPSILON) return sum;
  }
  return Number.NaN;
}

/**
 * The regularised upper incomplete gamma function Q(a, x): a series below a + 1, a continued
 * fraction above (Press et al., Numerical Recipes, 6.2).
 */
function upperGamma(a: number, x: number): number {
  if (x === 0) return 1;
  const factor = gammaFactor(a, x);
  if (x < a + 1) return 1 - factor * lowerSeries(a, x);
  const fraction = continuedFraction(
    (k) => k * (a - k),
    (k) => x + 2 * k + 1 - a,
  );
  return factor / fraction;
}

/** P(χ² > x) with `df` degrees of freedom, both any positive number. NaN for anything else. */
export function chiSquaredSf(x: number, df: number): number {
  if (!(df > 0 && df < Infinity && x >= 0)) return Number.NaN;
  return x === Infinity ? 0 : upperGamma(df / 2, x / 2);
}
