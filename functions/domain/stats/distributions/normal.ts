import { continuedFraction } from './continued-fraction.ts';
import { upperQuantile } from './quantile.ts';

/** Below, the series loses at most a digit to the half; above, the fraction settles fast. */
const FRACTION_FROM = 2;
const MOST_TERMS = 1_000;

export function normalPdf(x: number): number {
  // The square of the rounded part is exact: in the far tail x² itself would lose three digits.
  const rounded = Math.trunc(x * 16) / 16;
  if (Math.abs(x) > 40) return Number.isNaN(x) ? x : 0;
  const rest = (x - rounded) * (x + rounded);
  return (Math.exp(-(rounded * rounded) / 2) * Math.exp(-rest / 2)) / Math.sqrt(2 * Math.PI);
}

/** ½ − P(X > x) = φ(x) (x + x³/3 + x⁵/15 + …): all terms of one sign (A&S 26.2.11). */
function central(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n <= MOST_TERMS && Math.abs(term) > Math.abs(sum) * 1e-17; n += 1) {
    term *= (x * x) / (2 * n + 1);
    sum += term;
  }
  return normalPdf(x) * sum;
}

/** x + 1/(x + 2/(x + 3/(x + …))) is φ(x) / P(X > x) (A&S 26.2.14). */
const inverseMills = (x: number): number =>
  continuedFraction(
    (k) => k,
    () => x,
  );

/** P(X > x), accurate in both tails: relative error below 1e-15 up to x = 38. */
export function normalSf(x: number): number {
  if (x < 0) return 1 - normalSf(-x);
  if (x < FRACTION_FROM) return 0.5 - central(x);
  const density = normalPdf(x);
  return density === 0 ? 0 : density / inverseMills(x);
}

/** P(X ≤ x). */
export const normalCdf = (x: number): number => normalSf(-x);

/** The x with P(X ≤ x) = p; infinite at 0 and 1, NaN for any other p outside 0..1. */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  return p < 0.5
    ? -upperQuantile(p, normalSf, normalPdf)
    : upperQuantile(1 - p, normalSf, normalPdf);
}

/** E max(X − z, 0) = φ(z) − z P(X > z), without their cancellation where z is large. */
export function normalExcess(z: number): number {
  if (z < FRACTION_FROM) return normalPdf(z) - z * normalSf(z);
  const density = normalPdf(z);
  if (density === 0) return 0;
  const mills = inverseMills(z);
  return (density * secondFraction(z)) / mills;
}

/** With φ/Q = z + K, the excess is φ K / (z + K), and K = 1/(z + 2/(z + 3/…)). */
const secondFraction = (z: number): number =>
  1 /
  continuedFraction(
    (k) => k + 1,
    () => z,
  );
