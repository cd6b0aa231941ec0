import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  comparePlaces,
  compareRanks,
  historyPlace,
  MAX_INT64,
  MIN_INT64,
  orderedDouble,
  orderedInt64,
  type Point,
  rankOf,
  readHistoryPlace,
  readOrderedDouble,
  readOrderedInt64,
  readRank,
} from '#domain/tracking/ordered.ts';
import { packSegment, unpackSegment } from '#domain/tracking/points.ts';
import { byValue, sign } from './support.ts';

const int64 = fc.oneof(
  fc.bigInt({ min: MIN_INT64, max: MAX_INT64 }),
  fc.constantFrom(MIN_INT64, MAX_INT64, -1n, 0n, 1n, 2n ** 53n + 1n),
);
const double = fc.oneof(
  fc.double(),
  fc.constantFrom(Number.NaN, -0, 0, Number.MAX_VALUE, Number.MIN_VALUE, -Number.MIN_VALUE),
);
const points: fc.Arbitrary<Point> = fc.record({ step: int64, timestamp: int64, value: double });

const nearTo = (point: Point): fc.Arbitrary<Point> =>
  fc
    .record({ step: int64, timestamp: int64, value: double }, { requiredKeys: [] })
    .map((change) => ({ ...point, ...change }));

/** −Infinity … −0, 0 … Infinity, NaN, in the plain words of the language. */
function compareDoubles(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return sign(!Number.isNaN(a), !Number.isNaN(b));
  if (a === 0 && b === 0)
    return sign(Object.is(a, -0) && Object.is(b, 0), Object.is(a, 0) && Object.is(b, -0));
  return sign(a < b, a > b);
}
const compareText = (a: string, b: string): number => sign(a < b, a > b);

describe('text that sorts as numbers', () => {
  it('keeps the order of integers and gives them back', () => {
    fc.assert(
      fc.property(int64, int64, (a, b) => {
        expect(readOrderedInt64(orderedInt64(a))).toBe(a);
        expect(compareText(orderedInt64(a), orderedInt64(b))).toBe(sign(a < b, a > b));
      }),
    );
  });

  it('keeps the order of doubles, infinities, zeros and NaN and gives them back', () => {
    fc.assert(
      fc.property(double, double, (a, b) => {
        expect(readOrderedDouble(orderedDouble(a))).toBe(a);
        expect(compareText(orderedDouble(a), orderedDouble(b))).toBe(compareDoubles(a, b));
      }),
      { numRuns: 1_000 },
    );
  });

  it('ranks by step, then timestamp, then value', () => {
    fc.assert(
      fc.property(points, points, (a, b) => {
        const expected =
          sign(a.step < b.step, a.step > b.step) ||
          sign(a.timestamp < b.timestamp, a.timestamp > b.timestamp) ||
          byValue(a.value, b.value);

        expect(compareText(rankOf(a), rankOf(b))).toBe(expected);
        expect(readRank(rankOf(a))).toEqual(a);
        expect(compareRanks(a, b)).toBe(expected);
      }),
    );
  });

  it('places by timestamp, then step, then value, and compares as the texts do', () => {
    const near = points.chain((point) =>
      fc.tuple(fc.constant(point), fc.oneof(points, fc.constant(point), nearTo(point))),
    );
    fc.assert(
      fc.property(near, ([a, b]) => {
        expect(comparePlaces(a, b)).toBe(compareText(historyPlace(a), historyPlace(b)));
        expect(compareRanks(a, b)).toBe(compareText(rankOf(a), rankOf(b)));
        expect(readHistoryPlace(historyPlace(a))).toEqual(a);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('segments', () => {
  it('give back what was packed, whatever the numbers', () => {
    const call = fc.record({ base: fc.nat(2 ** 42), later: fc.nat(2 ** 40) });
    fc.assert(
      fc.property(
        fc.array(points, { minLength: 1, maxLength: 20 }),
        call,
        (list, { base, later }) => {
          const unpacked = unpackSegment(packSegment(list, base, base + later), base);

          expect(unpacked).toEqual(list.map((point) => ({ ...point, written: base + later })));
        },
      ),
    );
  });

  it('are refused when they are cut short', () => {
    const whole = packSegment([{ step: 1n, timestamp: 2n, value: 3 }], 0, 0);

    for (let length = 0; length < whole.length; length += 1) {
      // Only the time of the call and no point at all reads as an empty segment.
      if (length === 1) continue;
      expect(() => unpackSegment(whole.slice(0, length), 0)).toThrow(/damaged/);
    }
  });

  it('take few bytes for points that are logged as they come', () => {
    const now = Date.UTC(2026, 0, 1);
    const many = Array.from({ length: 1_000 }, (_, at) => ({
      step: BigInt(at),
      timestamp: BigInt(now + at * 50),
      value: Math.random(),
    }));

    expect(packSegment(many, now, now).byteLength).toBeLessThan(13_000);
  });
});
