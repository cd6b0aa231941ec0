import type { RowChange } from './changes.ts';
import type { BucketRef } from './list.items.ts';
import { comparePlaces, FIRST_PLACE, indexAtPlace, type Place } from './place.ts';
import type { ListRow } from './types.ts';

/** A stretch of one list in default order: a bucket and what the journal changes there. */
export interface Region {
  readonly list: string;
  /** Absent in a list that has no buckets yet. */
  readonly bucket?: BucketRef;
  /** No row lies before `first` or behind `last`. */
  readonly first: Place;
  readonly last: Place;
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
    const edges = [...(bucket ? [bucket.first, bucket.last] : []), ...rows].toSorted(comparePlaces);
    return {
      list,
      ...(bucket !== undefined && { bucket }),
      first: edges[0] ?? FIRST_PLACE,
      last: edges.at(-1) ?? FIRST_PLACE,
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

/** For each of `marks`: rows of those `regions` that are below it; both ascend by what is compared. */
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
  const byFirst = filled.toSorted((a, b) => comparePlaces(a.first, b.first));
  const byLast = filled.toSorted((a, b) => comparePlaces(a.last, b.last));
  const before = countsBelow(byLast, byFirst, (a, b) => comparePlaces(a.last, b.first) < 0);
  const through = countsBelow(byFirst, byLast, (a, b) => comparePlaces(a.first, b.last) <= 0);
  const isBefore = (region: Region): boolean => (through.get(region) ?? 0) <= start;
  const chosen = filled.filter((region) => !isBefore(region) && (before.get(region) ?? 0) < end);
  const skipped = filled.filter(isBefore).reduce((sum, { count }) => sum + count, 0);
  return { chosen, skipped };
}
