import type { MetricKind } from './moments.ts';
import type { SufficientStatistics } from './summaries.ts';

export type ValidationFailure =
  | 'not-enough-exposures'
  | 'not-enough-metric-data'
  | 'baseline-mean-is-zero';

const LEAST_EXPOSURES = 50;
/** Less what a count may have lost on its way through a mean. */
const LEAST_CONVERSIONS = 5 - 1e-9;

/** Why a variant's data are not compared, in a fixed order. Numbers that are none fail as well. */
export function validationFailures(
  kind: MetricKind,
  { n, sum }: SufficientStatistics,
  isBaseline: boolean,
): readonly ValidationFailure[] {
  const counts = kind === 'funnel' || kind === 'retention';
  const failures: ValidationFailure[] = [];
  if (!(n >= LEAST_EXPOSURES)) failures.push('not-enough-exposures');
  if (counts && !(sum >= LEAST_CONVERSIONS)) failures.push('not-enough-metric-data');
  if (isBaseline && sum === 0) failures.push('baseline-mean-is-zero');
  return failures;
}
