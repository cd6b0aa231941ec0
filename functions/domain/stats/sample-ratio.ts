import { chiSquaredSf } from './distributions/gamma.ts';

export interface ExposedVariant {
  readonly key: string;
  readonly exposures: number;
  /** Of the flag; a variant that nobody is meant to get is left out. */
  readonly rolloutPercentage: number;
}

export interface SampleRatio {
  readonly expected: readonly { readonly key: string; readonly exposures: number }[];
  readonly chiSquared: number;
  readonly degreesOfFreedom: number;
  readonly pValue: number;
}

const LEAST_EXPOSURES = 100;
const LEAST_VARIANTS = 2;

/**
 * Whether variants got the entities they were meant to get: Pearson's χ² test against the rollout,
 * shared out anew among the variants that are not excluded, so a holdout changes nothing
 * (Fabijan et al., Diagnosing Sample Ratio Mismatch, KDD 2019). Undefined below 100 exposures or
 * two variants.
 */
export function sampleRatio(
  variants: readonly ExposedVariant[],
  excludedVariants: readonly string[] = [],
): SampleRatio | undefined {
  const counted = variants.filter(
    ({ key, rolloutPercentage }) => rolloutPercentage > 0 && !excludedVariants.includes(key),
  );
  const total = counted.reduce((sum, { exposures }) => sum + exposures, 0);
  if (!(total >= LEAST_EXPOSURES) || counted.length < LEAST_VARIANTS) return undefined;
  const rollout = counted.reduce((sum, { rolloutPercentage }) => sum + rolloutPercentage, 0);
  const expected = counted.map(({ key, rolloutPercentage }) => ({
    key,
    exposures: (total * rolloutPercentage) / rollout,
  }));
  const chiSquared = counted.reduce((sum, { exposures }, at) => {
    const meant = expected[at]?.exposures ?? Number.NaN;
    return sum + (exposures - meant) ** 2 / meant;
  }, 0);
  const degreesOfFreedom = counted.length - 1;
  return {
    expected,
    chiSquared,
    degreesOfFreedom,
    pValue: chiSquaredSf(chiSquared, degreesOfFreedom),
  };
}
