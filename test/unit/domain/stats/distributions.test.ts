import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chiSquaredSf } from '#domain/stats/distributions/gamma.ts';
import {
  normalCdf,
  normalExcess,
  normalPdf,
  normalQuantile,
  normalSf,
} from '#domain/stats/distributions/normal.ts';
import { upperQuantile } from '#domain/stats/distributions/quantile.ts';
import {
  studentTCdf,
  studentTQuantile,
  studentTSf,
} from '#domain/stats/distributions/student-t.ts';
import grid from './distributions.json' with { type: 'json' };

interface Point {
  readonly x?: number;
  readonly p?: number;
  readonly df?: number;
  readonly value: number;
}

/** The smallest normal double: what is below has fewer digits than the bounds ask for. */
const SMALLEST = 2.2250738585072014e-308;

const relativeError = (value: number, expected: number): number =>
  value === expected ? 0 : Math.abs(value - expected) / Math.abs(expected);

/** The largest error; NaN if any value is. */
const worst = (points: readonly Point[], of: (at: number, df: number) => number): number =>
  Math.max(
    ...points
      .filter(({ value }) => value === 0 || Math.abs(value) >= SMALLEST)
      .map(({ x, p, df, value }) => relativeError(of(x ?? p ?? Number.NaN, df ?? 0), value)),
  );

// The grid is scipy 1.17.1's, of which a few digits are its own error; `exact…` was computed with
// 60 digits (mpmath), for degrees of freedom between 0.001 and 2,000,000.
describe('distributions', () => {
  it.each([
    { name: 'tail of t', bound: 4e-14, points: grid.studentTSf, of: studentTSf },
    { name: 'quantile of t', bound: 4e-15, points: grid.studentTQuantile, of: studentTQuantile },
    { name: 'normal', bound: 6e-14, points: grid.normalCdf.slice(1), of: normalCdf },
    { name: 'normal quantile', bound: 1e-15, points: grid.normalQuantile, of: normalQuantile },
    { name: 'tail of χ²', bound: 6e-14, points: grid.chiSquaredSf, of: chiSquaredSf },
    { name: 'tail of t', bound: 1.2e-13, points: grid.exactStudentTSf, of: studentTSf },
    { name: 'normal', bound: 2e-15, points: grid.exactNormalCdf, of: normalCdf },
    { name: 'tail of χ²', bound: 2e-13, points: grid.exactChiSquaredSf, of: chiSquaredSf },
  ])('$name is right to $bound at all points', ({ bound, points, of }) => {
    const error = worst(points, of);

    expect(points.length).toBeGreaterThan(10);
    expect(error).toBeLessThanOrEqual(bound);
  });

  it('t near 0 is right to the last digits where it is known in closed form', () => {
    const points = [1e-12, 1e-6, 1e-3, 0.3, 7, 1e9].map((x) => ({ x, df: 1, value: cauchy(x) }));

    expect(worst(points, studentTSf)).toBeLessThan(1e-15);
  });

  it('t with very many degrees of freedom is normal', () => {
    const normal = [0, 0.5, 1.96, 12, 31, 37].map((x) => ({ x, value: normalSf(x) }));

    for (const df of [1e18, 1e100, 1e300, Infinity])
      expect(worst(normal, (x) => studentTSf(x, df))).toBeLessThan(1e-12);
    expect(studentTSf(1.96, 1e12)).toBeCloseTo(normalSf(1.96), 12);
    expect([studentTSf(1e80, 1e300), studentTSf(1e100, Infinity)]).toEqual([0, 0]);
  });

  it.each([
    ['t without degrees', studentTSf(1, 0)],
    ['t with fewer', studentTSf(1, -3)],
    ['t with none that is a number', studentTSf(1, Number.NaN)],
    ['t at no number', studentTSf(Number.NaN, 3)],
    ['quantile of t below 0', studentTQuantile(-0.1, 3)],
    ['quantile of t above 1', studentTQuantile(1.1, 3)],
    ['quantile of t at no number', studentTQuantile(Number.NaN, 3)],
    ['quantile of t without degrees', studentTQuantile(0.3, 0)],
    ['normal at no number', normalSf(Number.NaN)],
    ['normal density at no number', normalPdf(Number.NaN)],
    ['normal quantile below 0', normalQuantile(-1e-9)],
    ['normal quantile above 1', normalQuantile(2)],
    ['normal quantile at no number', normalQuantile(Number.NaN)],
    ['normal excess at no number', normalExcess(Number.NaN)],
    ['quantile of a tail that is none', upperQuantile(0.3, () => Number.NaN, normalPdf)],
    ['χ² below 0', chiSquaredSf(-1, 3)],
    ['χ² at no number', chiSquaredSf(Number.NaN, 3)],
    ['χ² without degrees', chiSquaredSf(1, 0)],
    ['χ² with too many to settle', chiSquaredSf(1e15, 1e15)],
  ])('%s is not a number', (_, value) => {
    expect(value).toBeNaN();
  });

  it('reaches the ends', () => {
    expect([studentTSf(Infinity, 3), studentTSf(-Infinity, 3), studentTCdf(40, Infinity)]).toEqual([
      0, 1, 1,
    ]);
    expect([normalSf(-Infinity), normalSf(Infinity), normalExcess(50)]).toEqual([1, 0, 0]);
    expect([normalQuantile(0), normalQuantile(0.5), normalQuantile(1)]).toEqual([
      -Infinity,
      0,
      Infinity,
    ]);
    expect([studentTQuantile(0, 3), studentTQuantile(1, 3)]).toEqual([-Infinity, Infinity]);
    expect([chiSquaredSf(0, 3), chiSquaredSf(Infinity, 3), chiSquaredSf(5000, 3)]).toEqual([
      1, 0, 0,
    ]);
  });

  it('quantiles undo tails, for any degrees of freedom', () => {
    const tails = fc.double({ min: 1e-280, max: 0.49, noNaN: true });
    const degrees = fc.double({ min: -1, max: 15, noNaN: true }).map((power) => 10 ** power);

    fc.assert(
      fc.property(tails, degrees, (q, df) => {
        const x = -studentTQuantile(q, df);

        // Beyond the range of doubles there is nothing to undo.
        if (x < 1e300) expect(relativeError(studentTSf(x, df), q)).toBeLessThan(1e-12);
        expect(relativeError(normalCdf(normalQuantile(q)), q)).toBeLessThan(1e-12);
      }),
    );
  });

  it('both sides of any number are 1 together, and tails fall', () => {
    const numbers = fc.double({ min: -30, max: 30, noNaN: true });
    const degrees = fc.double({ min: 1e-3, max: 1e7, noNaN: true });

    fc.assert(
      fc.property(numbers, numbers, degrees, (x, y, df) => {
        const [low, high] = [Math.min(x, y), Math.max(x, y)];

        expect(studentTSf(x, df) + studentTCdf(x, df)).toBeCloseTo(1, 14);
        expect(studentTSf(low, df)).toBeGreaterThanOrEqual(studentTSf(high, df) * (1 - 1e-13));
        expect(normalSf(low)).toBeGreaterThanOrEqual(normalSf(high) * (1 - 1e-14));
      }),
    );
  });

  it('the excess is what the density and the tail leave, and their difference elsewhere', () => {
    for (const z of [-5, -1, 0, 1, 1.99, 2.01, 3])
      expect(normalExcess(z)).toBeCloseTo(normalPdf(z) - z * normalSf(z), 14);
    // φ(z)/z² (1 − 3/z² + 15/z⁴ − …), where the difference has lost a third of its digits
    expect(
      relativeError(normalExcess(30), (normalPdf(30) / 900) * (1 - 3 / 900 + 15 / 810_000)),
    ).toBeLessThan(2e-7);
  });
});

/** Student's t with one degree: ½ − arctan(x)/π, by the other end where that would cancel. */
const cauchy = (x: number): number =>
  x < 1 ? 0.5 - Math.atan(x) / Math.PI : Math.atan(1 / x) / Math.PI;
