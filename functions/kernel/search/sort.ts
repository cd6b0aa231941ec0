/** A value that rows can be sorted by. */
export type SortValue = string | number | null | undefined;

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;

/**
 * Compares by code points, case-sensitively: the order of UTF-8 bytes, as databases sort by
 * default. Plain `<` would put characters beyond U+FFFF before U+E000.
 */
export function compareStrings(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i += 1) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}

/** Numbers, then NaN, then strings, then what is absent. */
function rank(value: SortValue): number {
  if (value === null || value === undefined) return 3;
  if (typeof value === 'string') return 2;
  return Number.isNaN(value) ? 1 : 0;
}

/** Orders two values ascending; what is absent comes last. */
export function compareValues(a: SortValue, b: SortValue): number {
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  const difference = rank(a) - rank(b);
  if (difference !== 0 || typeof a !== 'number' || typeof b !== 'number') return difference;
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * A sorted copy. Equal keys are ordered by `tieBreaker`, ascending in both directions, so that
 * pages of one list never repeat or miss a row; rows equal in both keep their order.
 */
export function sortRows<Row>(
  rows: readonly Row[],
  order: {
    readonly key: (row: Row) => SortValue;
    readonly descending: boolean;
    readonly tieBreaker: (row: Row) => SortValue;
  },
): Row[] {
  const direction = order.descending ? -1 : 1;
  return rows.toSorted(
    (a, b) =>
      direction * compareValues(order.key(a), order.key(b)) ||
      compareValues(order.tieBreaker(a), order.tieBreaker(b)),
  );
}
