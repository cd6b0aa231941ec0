import type { CentredStatistics } from './summaries.ts';

/** A funnel is a proportion; retention is a ratio of those who came back to those who started. */
export type MetricKind = 'mean' | 'funnel' | 'ratio' | 'retention';

/** The mean of a variant and the variance of one entity, so that mean's variance is `variance / n`. */
export interface Moments {
  readonly n: number;
  readonly mean: number;
  readonly variance: number;
}

const ROUNDING = 1e-12;

/** Undefined where the statistics are such as no entities can have, or nothing can be divided by. */
export function momentsOf(kind: MetricKind, data: CentredStatistics): Moments | undefined {
  if (!(data.n > 0 && data.squares >= 0)) return undefined;
  const moments = byKind[kind](data);
  if (!moments || !Number.isFinite(moments.mean)) return undefined;
  return moments.variance >= 0 && moments.variance < Infinity ? moments : undefined;
}

/** Bessel's correction; a single entity says nothing of its variance. */
export const perEntity = (sum: number, n: number): number => (n > 1 ? sum / (n - 1) : 0);

const meanMoments = ({ n, mean, squares }: CentredStatistics): Moments => ({
  n,
  mean,
  variance: perEntity(squares, n),
});

/** The variance of a Bernoulli variable: outside 0..1 it is negative, and so refused. */
const proportion = ({ n, mean }: CentredStatistics): Moments => ({
  n,
  mean,
  variance: mean * (1 - mean),
});

/**
 * R = Σm / Σd by the delta method: Vm/D² + M²Vd/D⁴ − 2M Cov/D³ (Deng et al., Applying the Delta
 * Method in Metric Analytics, KDD 2018).
 */
function ratio({ n, mean, squares, denominator }: CentredStatistics): Moments | undefined {
  if (!denominator || denominator.squares < 0) return undefined;
  const per = denominator.mean;
  const value = mean / per;
  const spread = perEntity(squares, n) + value ** 2 * perEntity(denominator.squares, n);
  const shared = 2 * value * perEntity(denominator.products, n);
  const left = spread - shared;
  // Where numerators are all the same multiple of denominators only rounding is left.
  const variance = Math.abs(left) <= ROUNDING * spread ? 0 : left / per ** 2;
  return { n, mean: value, variance };
}

const byKind: Readonly<Record<MetricKind, (data: CentredStatistics) => Moments | undefined>> = {
  mean: meanMoments,
  funnel: proportion,
  ratio,
  retention: ratio,
};
