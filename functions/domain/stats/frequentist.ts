import { studentTQuantile, studentTSf } from './distributions/student-t.ts';
import type { Effect } from './effects.ts';
import type { Moments } from './moments.ts';

/** Below this many entities in an arm the test is not tried. */
export const LEAST_ENTITIES = 5;

/**
 * Welch's test of two means with unequal variances. The degrees of freedom are those of the
 * difference of the means (Welch, Biometrika 34, 1947; Satterthwaite, Biometrics 2, 1946), for
 * relative differences too. The p-value comes from the tail, so it keeps its digits when it is tiny.
 */
export function welch(effect: Effect, baseline: Moments, variant: Moments, alpha: number) {
  const deviation = Math.sqrt(effect.variance);
  const tStatistic = effect.value / deviation;
  const degreesOfFreedom = welchSatterthwaite(baseline, variant);
  const half = -studentTQuantile(alpha / 2, degreesOfFreedom) * deviation;
  return {
    tStatistic,
    degreesOfFreedom,
    pValue: 2 * studentTSf(Math.abs(tStatistic), degreesOfFreedom),
    confidenceInterval: [effect.value - half, effect.value + half] as const,
  };
}

/** By the share of each arm in the variance, whose squares cannot underflow. */
function welchSatterthwaite(baseline: Moments, variant: Moments): number {
  const [ofBaseline, ofVariant] = [baseline.variance / baseline.n, variant.variance / variant.n];
  const share = ofVariant / (ofVariant + ofBaseline);
  return 1 / (share ** 2 / (variant.n - 1) + (1 - share) ** 2 / (baseline.n - 1));
}
