import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AnalysedVariant,
  type Analysis,
  accumulate,
  analyse,
  type Method,
  type MetricKind,
  type Observation,
  type Variant,
} from '#domain/stats/index.ts';

const only = ({ variants }: Analysis): AnalysedVariant | undefined => variants[0];

describe('an analysis that may not be made', () => {
  it.each([
    ['no number', { n: Number.NaN, sum: Number.NaN, sumSquares: Number.NaN }],
    ['an infinite sum', { n: 100, sum: Infinity, sumSquares: Infinity }],
    ['fewer than none', { n: -100, sum: 5, sumSquares: 5 }],
    ['more conversions than entities', { n: 100, sum: 101, sumSquares: 103 }],
    ['squares too small for their sum', { n: 100, sum: 80, sumSquares: 1 }],
  ])('says nothing of %s', (_, broken) => {
    const sums = { n: 100, sum: 50, sumSquares: 50 };

    for (const method of ['frequentist', 'bayesian'] as const) {
      const input = { method, metricKind: 'funnel' } as const;
      const results = [
        analyse({ ...input, baseline: { key: 'a', ...sums }, variants: [{ key: 'b', ...broken }] }),
        analyse({ ...input, baseline: { key: 'a', ...broken }, variants: [{ key: 'b', ...sums }] }),
      ];

      expect(results.map(only).map((result) => result?.statistics)).toEqual([undefined, undefined]);
    }
  });

  it.each(['ratio', 'retention'] as const)('says nothing of a %s without denominators', (kind) => {
    const result = analyse({
      method: 'bayesian',
      metricKind: kind,
      baseline: { key: 'a', n: 100, sum: 50, sumSquares: 50 },
      variants: [{ key: 'b', n: 100, sum: 50, sumSquares: 50 }],
    });

    expect(only(result)?.validationFailures).toEqual([]);
    expect(only(result)?.statistics).toBeUndefined();
  });

  it.each([
    { what: '49 entities', kind: 'mean', n: 49, sum: 20, failures: ['not-enough-exposures'] },
    { what: '50 entities', kind: 'mean', n: 50, sum: 20, failures: [] },
    { what: 'means near none', kind: 'mean', n: 50, sum: 1, failures: [] },
    { what: 'ratios near none', kind: 'ratio', n: 50, sum: 1, failures: [] },
    { what: '4 conversions', kind: 'funnel', n: 50, sum: 4, failures: ['not-enough-metric-data'] },
    { what: '5 conversions', kind: 'funnel', n: 50, sum: 5, failures: [] },
    {
      what: '4 that came back',
      kind: 'retention',
      n: 50,
      sum: 4,
      failures: ['not-enough-metric-data'],
    },
    { what: '5 that came back', kind: 'retention', n: 50, sum: 5, failures: [] },
  ] as const)('checks $what', ({ kind, n, sum, failures }) => {
    const arm = { n, sum, sumSquares: sum };

    const result = analyse({
      method: 'frequentist',
      metricKind: kind,
      baseline: { key: 'a', ...arm },
      variants: [{ key: 'b', ...arm }],
    });

    expect(result.baseline.validationFailures).toEqual(failures);
    expect(only(result)?.validationFailures).toEqual(failures);
  });

  it('does not lose a conversion on the way through means', () => {
    const failures = Array.from({ length: 400 }, (_, others) => {
      const conversions = Array.from({ length: 50 + others }, (__, at) => ({
        value: at < 5 ? 1 : 0,
      }));
      const arm = { key: 'a', ...accumulate(conversions) };
      const config = { method: 'bayesian', metricKind: 'funnel' } as const;
      return analyse({ ...config, baseline: arm, variants: [arm] });
    });

    expect(failures.flatMap(({ baseline }) => baseline.validationFailures)).toEqual([]);
    // Five successes are the fewest that are nearly normal.
    expect(failures.every((result) => only(result)?.statistics)).toBe(true);
  });

  it('takes no relative difference to a baseline of nearly 0', () => {
    const found = (['relative', 'absolute'] as const).map((differenceType) => {
      const result = analyse({
        method: 'frequentist',
        metricKind: 'mean',
        config: { differenceType },
        baseline: { key: 'a', n: 100, sum: 1e-9, sumSquares: 100 },
        variants: [{ key: 'b', n: 100, sum: 10, sumSquares: 100 }],
      });
      return only(result)?.statistics !== undefined;
    });

    expect(found).toEqual([false, true]);
  });

  it.each<[string, MetricKind, Variant, Variant]>([
    [
      'ratios that are the same for all',
      'ratio',
      { key: 'a', ...accumulate(proportional(0.1)) },
      { key: 'b', ...accumulate(proportional(0.4)) },
    ],
    [
      'denominators whose squares are too small',
      'ratio',
      { key: 'a', ...accumulate(proportional(0.1)) },
      { key: 'b', n: 100, mean: 1, squares: 9, denominator: { mean: 1, squares: -1, products: 0 } },
    ],
    [
      'infinitely many entities',
      'mean',
      { key: 'a', n: 100, mean: 1, squares: 9 },
      { key: 'b', n: Infinity, mean: 1, squares: 9 },
    ],
    [
      'more entities than there are numbers',
      'mean',
      { key: 'a', n: 1e308, mean: 1, squares: 1e308 },
      { key: 'b', n: 1e308, mean: 1, squares: 1e308 },
    ],
  ])('says nothing of %s', (_, metricKind, baseline, variant) => {
    const result = analyse({
      method: 'frequentist',
      config: { sequentialTesting: true },
      metricKind,
      baseline,
      variants: [variant],
    });

    expect(result.baseline.validationFailures).toEqual([]);
    expect(only(result)).toMatchObject({ validationFailures: [] });
    expect(only(result)).not.toHaveProperty('statistics');
  });

  it('gives numbers or nothing, whatever it gets', () => {
    const any = fc.oneof(
      fc.double(),
      fc.integer({ min: -3, max: 1000 }),
      fc.constantFrom(0, 1e-320, 1e-160, 1e9, 1e154, 1e308, -1e308, Infinity, Number.NaN),
    );
    const sums = fc.record({
      n: fc.oneof(fc.integer({ min: 40, max: 1000 }), any),
      sum: any,
      sumSquares: any,
      denominatorSum: any,
      denominatorSumSquares: any,
      numeratorDenominatorSumProduct: any,
      covariateSum: any,
      covariateSumSquares: any,
      covariateSumProduct: any,
    });
    const inputs = fc.record({
      method: fc.constantFrom<Method>('frequentist', 'bayesian'),
      metricKind: fc.constantFrom<MetricKind>('mean', 'funnel', 'ratio', 'retention'),
      config: fc.record({
        alpha: any,
        ciLevel: any,
        differenceType: fc.constantFrom('relative', 'absolute'),
        sequentialTesting: fc.boolean(),
        sequentialTuningParameter: any,
        prior: fc.record({ mean: any, variance: any }),
        cuped: fc.boolean(),
      }),
      baseline: sums,
      variant: sums,
    });

    fc.assert(
      fc.property(inputs, ({ baseline, variant, ...input }) => {
        const arms = { baseline: { key: 'a', ...baseline }, variants: [{ key: 'b', ...variant }] };

        const statistics = only(analyse({ ...input, ...arms }))?.statistics;

        // What JSON cannot say it says by null.
        expect(JSON.stringify(statistics ?? {})).not.toContain('null');
      }),
      { numRuns: 2000 },
    );
  });
});

function proportional(by: number): readonly Observation[] {
  return Array.from({ length: 100 }, (_, at) => ({ value: by * (at + 1), denominator: at + 1 }));
}
