import { describe, expect, it } from 'vitest';
import { resolveConfig } from '#domain/stats/index.ts';

const DEFAULTS = {
  differenceType: 'relative',
  alpha: 0.05,
  sequentialTesting: false,
  sequentialTuningParameter: 5000,
  ciLevel: 0.95,
  prior: undefined,
  inverse: false,
  cuped: false,
};

describe('resolveConfig', () => {
  it('has defaults', () => {
    expect(resolveConfig()).toEqual(DEFAULTS);
    expect(resolveConfig({})).toEqual(DEFAULTS);
  });

  it.each([
    { alpha: 0 },
    { alpha: 1 },
    { alpha: 1e-320 },
    { alpha: -0.05 },
    { alpha: '0.1' },
    { alpha: Number.NaN },
    { ciLevel: 95 },
    { ciLevel: null },
    { differenceType: 'RELATIVE' },
    { differenceType: ['absolute'] },
    { sequentialTesting: 'true' },
    { sequentialTuningParameter: 0.5 },
    { sequentialTuningParameter: 1e9 + 1 },
    { sequentialTuningParameter: Infinity },
    { prior: null },
    { prior: 0 },
    { prior: { mean: 0 } },
    { prior: { mean: 0, variance: 0 } },
    { prior: { mean: Number.NaN, variance: 1 } },
    { prior: { mean: 0, variance: Infinity } },
    { inverse: 1 },
    { cuped: { enabled: true } },
  ])('takes the default in the place of %o', (layer) => {
    expect(resolveConfig(layer)).toEqual(DEFAULTS);
  });

  it('takes each setting from the first layer that has a possible one', () => {
    const experiment = { alpha: 2, ciLevel: 0.9, sequentialTuningParameter: 1 };
    const team = { alpha: 0.1, ciLevel: 0.8, prior: { mean: 0.1, variance: 2 } };

    const config = resolveConfig(experiment, team);

    expect(config).toEqual({
      ...DEFAULTS,
      alpha: 0.1,
      ciLevel: 0.9,
      sequentialTuningParameter: 1,
      prior: { mean: 0.1, variance: 2 },
    });
    expect(resolveConfig(config)).toEqual(config);
  });
});
