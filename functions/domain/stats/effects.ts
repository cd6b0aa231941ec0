import type { Moments } from './moments.ts';

export type DifferenceType = 'relative' | 'absolute';

/** How far a variant is from the baseline, and the variance of that estimate. */
export interface Effect {
  readonly value: number;
  readonly variance: number;
}

/** The two samples of a comparison, and the means by which a relative difference is scaled. */
export interface Comparison {
  readonly baseline: Moments;
  readonly variant: Moments;
  /** Where they differ from the samples' own: those of what was measured, before an adjustment. */
  readonly scale: { readonly baseline: number; readonly variant: number };
}

const NO_BASELINE = 1e-10;

/**
 * T − C, with variance Vt/nt + Vc/nc; or (T − C)/C, with Vt/(nt C²) + T² Vc/(nc C⁴) by the delta
 * method (Deng et al., KDD 2018, 2.3). Undefined without a baseline to be relative to, or variance.
 */
export function effectOf(type: DifferenceType, comparison: Comparison): Effect | undefined {
  const { baseline, variant, scale } = comparison;
  const difference = variant.mean - baseline.mean;
  const [ofVariant, ofBaseline] = [variant.variance / variant.n, baseline.variance / baseline.n];
  if (type === 'absolute') return checked(difference, ofVariant + ofBaseline);

  if (Math.abs(scale.baseline) < NO_BASELINE) return undefined;
  const growth = scale.variant / scale.baseline;
  return checked(
    difference / scale.baseline,
    (ofVariant + growth ** 2 * ofBaseline) / scale.baseline ** 2,
  );
}

const checked = (value: number, variance: number): Effect | undefined =>
  Number.isFinite(value) && variance > 0 && variance < Infinity ? { value, variance } : undefined;
