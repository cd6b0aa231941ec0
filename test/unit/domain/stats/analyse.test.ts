import { describe, expect, it } from 'vitest';
import { compare } from '#domain/stats/compare.ts';
import {
  type AnalysedVariant,
  type Analysis,
  analyse,
  type ConfigLayer,
  type Method,
  type MetricKind,
  resolveConfig,
  type Statistics,
  type SufficientStatistics,
  toCentred,
} from '#domain/stats/index.ts';
import fixtures from './comparisons.json' with { type: 'json' };

interface Fixture {
  readonly id: string;
  readonly method: Method;
  readonly kind: MetricKind;
  readonly config: ConfigLayer;
  readonly baseline: SufficientStatistics;
  readonly variant: SufficientStatistics;
  readonly failures: { readonly baseline: readonly string[]; readonly variant: readonly string[] };
  /** Null where the formulas give nothing. */
  readonly expected: Readonly<Record<string, unknown>> | null;
}

// Computed with scipy 1.17.1 by an independent program; where gbstats 0.8.0 gives numbers it agrees.
const cases = fixtures as readonly unknown[] as readonly Fixture[];

const analyseCase = ({ method, kind, config, baseline, variant }: Fixture): Analysis =>
  analyse({
    method,
    config,
    metricKind: kind,
    baseline: { key: 'control', ...baseline },
    variants: [{ key: 'test', ...variant }],
  });

/** Formulas without the checks before them, to see the numbers of cases that are refused. */
const compareCase = ({ method, kind, config, baseline, variant }: Fixture) =>
  compare(method, resolveConfig(config), kind, toCentred(baseline), toCentred(variant));

/** 1e-9 relative or 1e-12 absolute for numbers; whatever else must be the same. */
function expectAlmost(actual: unknown, expected: unknown, path = ''): void {
  if (typeof expected === 'number') {
    const bound = Math.max(1e-12, 1e-9 * Math.abs(expected));
    expect(Math.abs(Number(actual) - expected), `${path}: ${actual} ≠ ${expected}`).toBeLessThan(
      bound,
    );
  } else if (typeof expected === 'object' && expected !== null)
    for (const [name, value] of Object.entries(expected))
      expectAlmost((actual as Record<string, unknown>)[name], value, `${path}.${name}`);
  else expect(actual, path).toEqual(expected);
}

const refused = cases.filter(
  ({ failures }) => failures.baseline.length + failures.variant.length > 0,
);
const only = ({ variants }: Analysis): AnalysedVariant | undefined => variants[0];

describe('analyse', () => {
  it.each(cases.filter((each) => !refused.includes(each)))('$id', (fixture) => {
    const { baseline, variants } = analyseCase(fixture);

    expect(baseline).toMatchObject({ key: 'control', ...fixture.baseline, validationFailures: [] });
    expect(variants).toHaveLength(1);
    expect(variants[0]).toMatchObject({ key: 'test', ...fixture.variant, validationFailures: [] });
    expectStatistics(variants[0]?.statistics, fixture);
  });

  it.each(refused)('$id is refused, though its numbers are right', (fixture) => {
    const { baseline, variants } = analyseCase(fixture);

    expect(baseline.validationFailures).toEqual(fixture.failures.baseline);
    expect(variants[0]?.validationFailures).toEqual(fixture.failures.variant);
    expect(variants[0]).not.toHaveProperty('statistics');
    expectStatistics(compareCase(fixture), fixture);
  });

  it('judges each variant by itself, against the one baseline', () => {
    const sums = { n: 1000, sum: 100, sumSquares: 100 };

    const { variants } = analyse({
      method: 'frequentist',
      metricKind: 'funnel',
      baseline: { key: 'control', ...sums },
      variants: [
        { key: 'few', n: 49, sum: 10, sumSquares: 10 },
        { key: 'better', n: 1000, sum: 150, sumSquares: 150 },
      ],
    });

    expect(variants.map(({ key, statistics }) => [key, statistics?.significant])).toEqual([
      ['few', undefined],
      ['better', true],
    ]);
  });

  it('is significant by the level it was given', () => {
    const significant = [0.05, 0.1].map((alpha) => {
      const result = analyse({
        method: 'frequentist',
        metricKind: 'funnel',
        config: { alpha },
        baseline: { key: 'a', n: 1000, sum: 100, sumSquares: 100 },
        variants: [{ key: 'b', n: 1000, sum: 130, sumSquares: 130 }],
      });
      return only(result)?.statistics?.significant;
    });

    expect(significant).toEqual([false, true]);
  });

  it('keeps an extreme p-value of a sequential test and of a plain one apart from 0', () => {
    const arms = {
      metricKind: 'mean',
      baseline: { key: 'a', n: 1e5, sum: 1e6, sumSquares: 1.01e7 },
      variants: [{ key: 'b', n: 1e5, sum: 1.01e6, sumSquares: 1.03e7 }],
    } as const;

    const p = [true, false].map((sequentialTesting) => {
      const result = analyse({ method: 'frequentist', config: { sequentialTesting }, ...arms });
      const statistics = only(result)?.statistics;
      return statistics?.method === 'frequentist' ? statistics.pValue : Number.NaN;
    });

    expect(p.every((each) => each > 0 && each < 1e-100)).toBe(true);
  });
});

describe('CUPED', () => {
  const fixture = cases.find(({ id }) => id === 'cuped-mean-rel');

  it('does not take the adjusted mean of the variant for the variance of a relative difference', () => {
    const statistics = fixture && only(analyseCase(fixture))?.statistics;

    // With it the variance is 4.457e-5 and p = 0.0895, while that of the absolute difference is 0.1942.
    expect(statistics?.variance).toBeCloseTo(7.863954e-5, 10);
    expect(statistics).toMatchObject({ pValue: expect.closeTo(0.2010877, 6) });
  });

  it('is not applied unless it is asked for, and not without possible covariates or to ratios', () => {
    if (!fixture) throw new Error('the fixture is gone');
    const { baseline, variant } = fixture;
    const plain = { n: baseline.n, sum: baseline.sum, sumSquares: baseline.sumSquares };
    const denominators = {
      denominatorSum: 4000,
      denominatorSumSquares: 9000,
      numeratorDenominatorSumProduct: 30_000,
    };
    const cuped = { cuped: true };
    const tried: Fixture[] = [
      { ...fixture, config: {} },
      { ...fixture, config: cuped, baseline: plain },
      { ...fixture, config: cuped, baseline: { ...baseline, covariateSumSquares: 1 } },
      {
        ...fixture,
        kind: 'ratio',
        config: cuped,
        baseline: { ...baseline, ...denominators },
        variant: { ...variant, ...denominators },
      },
    ];

    const statistics = tried.map((each) => only(analyseCase(each))?.statistics);

    expect(statistics.map((each) => [each !== undefined, each?.cuped])).toEqual(
      tried.map(() => [true, undefined]),
    );
  });

  it('keeps some variance where the covariate explains everything', () => {
    const same = { covariateSum: 1000, covariateSumSquares: 11_000, covariateSumProduct: 11_000 };
    const perfect = { n: 100, sum: 1000, sumSquares: 11_000, ...same };

    const { statistics } =
      only(
        analyse({
          method: 'frequentist',
          metricKind: 'mean',
          config: { cuped: true },
          baseline: { key: 'a', ...perfect },
          variants: [{ key: 'b', ...perfect }],
        }),
      ) ?? {};

    expect(statistics).toMatchObject({ effect: 0, pValue: 1, significant: false });
    expect(statistics?.cuped?.theta).toBeCloseTo(1, 12);
    expect(statistics?.variance).toBeGreaterThan(0);
  });
});

function expectStatistics(statistics: Statistics | undefined, { method, expected }: Fixture): void {
  if (expected === null) {
    expect(statistics).toBeUndefined();
    return;
  }
  const { pValueOfTail, ...rest } = expected;
  expect(statistics?.method).toBe(method);
  expectAlmost(statistics, rest);
  // The tail keeps its digits where 2(1 − cdf) has none left.
  const tail = Number(pValueOfTail ?? 0);
  const pValue =
    statistics?.method === 'frequentist' && pValueOfTail !== undefined ? statistics.pValue : tail;
  expect(Math.abs(pValue - tail)).toBeLessThanOrEqual(1e-9 * tail);
}
