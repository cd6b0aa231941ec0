import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareStrings, compareValues, type SortValue, sortRows } from '#kernel/search/sort.ts';

type Row = { readonly id: number; readonly value: SortValue };

const sorted = (values: readonly SortValue[], descending = false): SortValue[] =>
  sortRows(
    values.map((value, id): Row => ({ id, value })),
    { key: (row) => row.value, descending, tieBreaker: (row) => row.id },
  ).map((row) => row.value);

describe('sortRows', () => {
  it('orders strings by code points, numbers by size, and what is absent last', () => {
    expect(sorted(['b', 'a', 'B', '', 'a b'])).toEqual(['', 'B', 'a', 'a b', 'b']);
    expect(sorted([10, 9, -1, 0.5])).toEqual([-1, 0.5, 9, 10]);
    expect(sorted([null, 'a', undefined, 'b'])).toEqual(['a', 'b', null, undefined]);
    expect(sorted([null, 'a', 'b'], true)).toEqual([null, 'b', 'a']);
    expect(sorted([Number.NaN, Number.POSITIVE_INFINITY, 1])).toEqual([
      1,
      Number.POSITIVE_INFINITY,
      Number.NaN,
    ]);
  });

  it('breaks ties ascending in both directions and leaves its input alone', () => {
    const rows = [
      { id: 3, value: 'x' },
      { id: 1, value: 'x' },
      { id: 2, value: 'y' },
    ];
    const by = { key: (row: Row) => row.value, tieBreaker: (row: Row) => row.id };

    const ascending = sortRows(rows, { ...by, descending: false }).map((row) => row.id);
    const descending = sortRows(rows, { ...by, descending: true }).map((row) => row.id);

    expect(ascending).toEqual([1, 3, 2]);
    expect(descending).toEqual([2, 1, 3]);
    expect(rows.map((row) => row.id)).toEqual([3, 1, 2]);
  });

  it('keeps the order of rows that are equal in both keys', () => {
    const rows = [5, 4, 3, 2, 1].map((id) => ({ id }));

    const result = sortRows(rows, { key: () => 'x', tieBreaker: () => 0, descending: true });

    expect(result).toEqual(rows);
  });

  it('agrees with the order of UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b));

        expect(Math.sign(compareStrings(a, b))).toBe(bytes);
      }),
    );
    expect(compareStrings('\u{1f600}', '\uffee')).toBeGreaterThan(0);
  });

  it('is a total order over mixed values', () => {
    const value = fc.oneof(fc.string(), fc.double(), fc.constant(null), fc.constant(undefined));
    fc.assert(
      fc.property(value, value, value, (a, b, c) => {
        expect(Math.sign(compareValues(a, b))).toBe(Math.sign(compareValues(b, a)) * -1 || 0);
        if (compareValues(a, b) <= 0 && compareValues(b, c) <= 0) {
          expect(compareValues(a, c)).toBeLessThanOrEqual(0);
        }
      }),
    );
  });
});
