import type { RowChange } from './changes.ts';
import type { BucketRef } from './list.items.ts';
import { comparePlaces, FIRST_PLACE, indexAtPlace, LAST_PLACE, type Place } from './place.ts';
import type { ListRow } from './types.ts';

/** A stretch of one list in default order: a bucket and what the journal changes there. */
export interface Region {
  readonly list: string;
  /** Absent in a list that has no buckets yet. */
  readonly bucket?: BucketRef;
  /** All rows lie from `from` up to, but not at, `to`. */
  readonly from: Place;
  readonly to: Place;
  /** Ids of rows in the bucket that are no longer there as they are. */
  readonly gone: ReadonlySet<number>;
  readonly added: readonly ListRow[];
  /** Rows of the region as it is now. */
  readonly count: number;
}

/** The list as regions in default order; there is always at least one. */
export function toRegions(
  list: string,
  buckets: readonly BucketRef[],
  changes: readonly RowChange[],
): readonly Region[] {
  const starts = buckets.map(({ first }) => first);
  const gone = new Map<number, Set<number>>();
  const added = new Map<number, ListRow[]>();
  for (const { id, base, row } of changes) {
    if (base !== null) {
      const at = indexAtPlace(starts, { position: base, id });
      gone.set(at, (gone.get(at) ?? new Set()).add(id));
    }
    if (row !== undefined) {
      const at = indexAtPlace(starts, row);
      const rows = added.get(at);
      if (rows === undefined) added.set(at, [row]);
      else rows.push(row);
    }
  }
  const refs: readonly (BucketRef | undefined)[] = buckets.length > 0 ? buckets : [undefined];
  return refs.map((bucket, at) => {
    const [out, rows] = [gone.get(at) ?? new Set<number>(), added.get(at) ?? []];
    return {
      list,
      ...(bucket !== undefined && { bucket }),
      from: (at > 0 ? starts[at] : undefined) ?? FIRST_PLACE,
      to: starts[at + 1] ?? LAST_PLACE,
      gone: out,
      added: rows,
      count: (bucket?.count ?? 0) - (bucket === undefined ? 0 : out.size) + rows.length,
    };
  });
}

/** The rows of a region as it is now, given those of its bucket. */
export const rowsOfRegion = (
  { gone, added }: Region,
  stored: readonly ListRow[],
): readonly ListRow[] =>
  gone.size === 0 && added.length === 0
    ? stored
    : [...stored.filter(({ id }) => !gone.has(id)), ...added].toSorted(comparePlaces);

/** For each of `marks` (ascending by `at`): rows of those `regions` (ascending by `edge`) below it. */
function countsBelow(
  regions: readonly Region[],
  marks: readonly Region[],
  isBelow: (region: Region, mark: Region) => boolean,
): ReadonlyMap<Region, number> {
  let [at, sum] = [0, 0];
  return new Map(
    marks.map((mark) => {
      for (let next = regions[at]; next !== undefined && isBelow(next, mark); next = regions[at]) {
        sum += next.count;
        at += 1;
      }
      return [mark, sum];
    }),
  );
}

/**
 * The regions, of one or several lists, that may hold rows `start` to `end` (exclusive) of the
 * merged default order, and how many rows the others have before them. Exact: every region left
 * out lies wholly before the window or wholly behind it.
 */
export function regionsOfWindow(
  regions: readonly Region[],
  start: number,
  end: number,
): { readonly chosen: readonly Region[]; readonly skipped: number } {
  const filled = regions.filter(({ count }) => count > 0);
  const byFrom = filled.toSorted((a, b) => comparePlaces(a.from, b.from));
  const byTo = filled.toSorted((a, b) => comparePlaces(a.to, b.to));
  const before = countsBelow(
    byTo,
    byFrom,
    (other, mark) => comparePlaces(other.to, mark.from) <= 0,
  );
  const through = countsBelow(
    byFrom,
    byTo,
    (other, mark) => comparePlaces(other.from, mark.to) < 0,
  );
  const isBefore = (region: Region): boolean => (through.get(region) ?? 0) <= start;
  const chosen = filled.filter((region) => !isBefore(region) && (before.get(region) ?? 0) < end);
  const skipped = filled.filter(isBefore).reduce((sum, { count }) => sum + count, 0);
  return { chosen, skipped };
}
