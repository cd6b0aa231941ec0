/** Where a row stands in default order; equal positions are ordered by id. */
export interface Place {
  readonly position: number;
  readonly id: number;
}

export const FIRST_PLACE: Place = { position: Number.NEGATIVE_INFINITY, id: 0 };

const compareNumbers = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);

export const comparePlaces = (a: Place, b: Place): number =>
  compareNumbers(a.position, b.position) || compareNumbers(a.id, b.id);

/** Index of the last of `starts` (ascending) that is not above `place`; 0 when all are. */
export function indexAtPlace(starts: readonly Place[], place: Place): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const start = starts[middle];
    if (start !== undefined && comparePlaces(start, place) <= 0) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
