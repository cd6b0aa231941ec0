import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accumulate,
  type CentredStatistics,
  mergeStatistics,
  type Observation,
  toCentred,
  toSums,
} from '#domain/stats/index.ts';

const number = fc.double({ min: -1e4, max: 1e4, noNaN: true });
const observation: fc.Arbitrary<Observation> = fc.record({
  value: number,
  denominator: fc.option(number, { nil: undefined }),
  covariate: fc.option(number, { nil: undefined }),
});
const shard = fc.array(observation, { maxLength: 30 });

/** Equal but for rounding: to 1e-9 of what the values can make of a sum. */
function expectSame(a: CentredStatistics, b: CentredStatistics): void {
  const numbers = ({ n, mean, squares, denominator, covariate }: CentredStatistics) =>
    [n, mean, squares, ...companion(denominator), ...companion(covariate)] as const;
  const companion = (each: CentredStatistics['covariate']) =>
    each ? [each.mean, each.squares, each.products] : ['none'];
  const [left, right] = [numbers(a), numbers(b)];
  const scale = 1e8 * (1 + a.n);

  expect(left.map((each) => typeof each)).toEqual(right.map((each) => typeof each));
  for (const [at, value] of left.entries())
    if (typeof value === 'number')
      expect(Math.abs(value - Number(right[at]))).toBeLessThan(1e-12 * scale);
}

describe('statistics of shards', () => {
  it('are those of all entities, whoever adds what to what first', () => {
    fc.assert(
      fc.property(shard, shard, shard, (first, second, third) => {
        const [a, b, c] = [accumulate(first), accumulate(second), accumulate(third)];

        const leftFirst = mergeStatistics(mergeStatistics(a, b), c);
        const rightFirst = mergeStatistics(a, mergeStatistics(b, c));

        expectSame(leftFirst, rightFirst);
        expectSame(leftFirst, mergeStatistics(c, mergeStatistics(b, a)));
        expectSame(leftFirst, accumulate([...first, ...second, ...third]));
      }),
    );
  });

  it('add up the steps of funnels', () => {
    const shards = [[30, 20, 5], undefined, [10, 2], [1, 0, 0, 0]].map((stepCounts) => ({
      n: 30,
      mean: 0.1,
      squares: 2.7,
      stepCounts,
    }));

    const { stepCounts } = shards.reduce(mergeStatistics, accumulate([]));

    expect(stepCounts).toEqual([41, 22, 5, 0]);
    expect(toSums({ n: 1, mean: 1, squares: 0, stepCounts: [1] }).stepCounts).toEqual([1]);
  });

  it('survive the way to sums and back', () => {
    fc.assert(
      fc.property(shard, (observations) => {
        const centred = accumulate(observations);

        expectSame(toCentred(toSums(centred)), centred);
      }),
    );
  });

  it('are the plain sums of the values', () => {
    const sums = toSums(
      accumulate([
        { value: 1, denominator: 2, covariate: 3 },
        { value: 4, denominator: 5 },
        { value: 0, denominator: 1, covariate: 7 },
      ]),
    );

    const expected = {
      n: 3,
      sum: 5,
      sumSquares: 17,
      denominatorSum: 8,
      denominatorSumSquares: 30,
      numeratorDenominatorSumProduct: 22,
      covariateSum: 10,
      covariateSumSquares: 58,
      covariateSumProduct: 3,
    };
    expect(Object.keys(sums).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, value] of Object.entries(expected))
      expect(sums[name as keyof typeof expected]).toBeCloseTo(value, 12);
  });

  it('keep the variance of large values that vary little, which sums lose', () => {
    const observations = [-1, 0, 1].map((apart) => ({ value: 1e9 + apart }));

    const centred = mergeStatistics(accumulate(observations), accumulate(observations));

    expect(centred.squares).toBeCloseTo(4, 6);
    expect(toCentred(toSums(centred)).squares).toBe(0);
  });

  it('have no variance where sums leave rounding alone, and show by it sums that cannot be', () => {
    const tenths = Array.from({ length: 1000 }, () => 0.1);
    const sum = tenths.reduce((total, value) => total + value, 0);
    const sumSquares = tenths.reduce((total, value) => total + value * value, 0);

    expect(sumSquares - sum ** 2 / 1000).not.toBe(0);
    expect(toCentred({ n: 1000, sum, sumSquares }).squares).toBe(0);
    expect(toCentred({ n: 100, sum: 1000, sumSquares: 5000 }).squares).toBe(-5000);
    expect(toCentred({ n: 0, sum: 0, sumSquares: 0 })).toMatchObject({ n: 0, mean: 0, squares: 0 });
  });
});
