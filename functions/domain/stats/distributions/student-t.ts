import { continuedFraction } from './continued-fraction.ts';
import { halfStepRatio } from './gamma.ts';
import { normalPdf, normalSf } from './normal.ts';
import { upperQuantile } from './quantile.ts';

const SQRT_PI = Math.sqrt(Math.PI);

/** ln(1 + x²/df), where x² may be beyond the range of doubles. */
function logSpread(x: number, df: number): number {
  const ratio = (x * x) / df;
  return ratio < Infinity ? Math.log1p(ratio) : 2 * Math.log(x) - Math.log(df);
}

/**
 * I(x; a, b) divided by x^a y^b / B(a, b), as a continued fraction (DiDonato and Morris, ACM Trans.
 * Math. Softw. 18, 1992, eq. 9). It asks for y = 1 − x, so that an x next to 1 costs no digits.
 */
const betaFraction = (x: number, y: number, a: number, b: number): number =>
  1 /
  continuedFraction(
    (m) => ((a + m - 1) * (a + b + m - 1) * m * (b - m) * x * x) / (a + 2 * m - 1) ** 2,
    (m) =>
      m +
      (m && (m * (b - m) * x) / (a + 2 * m - 1)) +
      ((a + m) * (a * y - b * x + 1 + m * (2 - x))) / (a + 2 * m + 1),
  );

/**
 * Fisher's expansion in powers of 1/df around the normal tail (Metron 5, 1925; to the fourth order
 * as in Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, 28.15).
 */
function nearlyNormal(x: number, df: number): number {
  const s = x * x;
  const orders = [
    (s + 1) / 4,
    (((3 * s - 7) * s - 5) * s - 3) / 96,
    (((((s - 11) * s + 14) * s + 6) * s - 3) * s - 15) / 384,
    (((((((15 * s - 375) * s + 2225) * s - 2141) * s - 939) * s - 213) * s - 915) * s + 945) /
      92_160,
  ];
  const correction = orders.reduceRight((sum, order) => (sum + order) / df, 0);
  return normalSf(x) + x * normalPdf(x) * correction;
}

/** Half the regularised incomplete beta function I(df/(df + x²); df/2, ½), or ½ less the other half. */
function tail(x: number, df: number): number {
  const a = df / 2;
  const ratio = (x * x) / df;
  const inner = 1 / (1 + 1 / ratio);
  const outer = 1 / (1 + ratio);
  const power = Math.exp(-a * logSpread(x, df));
  // x^a y^½ / B(a, ½), the same for both halves
  const factor = (power * Math.sqrt(inner) * a * halfStepRatio(a)) / SQRT_PI;
  if (inner <= 1.5 / (a + 2.5)) return 0.5 - (factor * betaFraction(inner, outer, 0.5, a)) / 2;
  return factor === 0 ? 0 : (factor * betaFraction(outer, inner, a, 0.5)) / 2;
}

/** P(T > x) with any positive number of degrees of freedom; NaN for other degrees. */
export function studentTSf(x: number, df: number): number {
  if (!(df > 0) || Number.isNaN(x)) return Number.NaN;
  if (x < 0) return 1 - studentTSf(-x, df);
  if (df === Infinity) return normalSf(x);
  if (x === Infinity) return 0;
  // Up to here the fraction needs some √df terms, and the expansion is exact to the last digit.
  return df > 1e4 && x ** 4 < 0.01 * df ? nearlyNormal(x, df) : tail(x, df);
}

/** P(T ≤ x). */
export const studentTCdf = (x: number, df: number): number => studentTSf(-x, df);

function studentTPdf(x: number, df: number): number {
  if (df === Infinity) return normalPdf(x);
  const a = df / 2;
  const height = (a * halfStepRatio(a)) / (SQRT_PI * Math.sqrt(df));
  return height * Math.exp(-(a + 0.5) * logSpread(x, df));
}

/** The x with P(T ≤ x) = p; infinite at 0 and 1, NaN for other p outside 0..1 and df ≤ 0. */
export function studentTQuantile(p: number, df: number): number {
  if (!(p >= 0 && p <= 1 && df > 0)) return Number.NaN;
  const upper = (q: number) =>
    upperQuantile(
      q,
      (x) => studentTSf(x, df),
      (x) => studentTPdf(x, df),
    );
  return p < 0.5 ? -upper(p) : upper(1 - p);
}
