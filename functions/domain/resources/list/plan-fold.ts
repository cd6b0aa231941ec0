import type { RowChange } from './changes.ts';
import { type BucketRef, toRowText } from './list.items.ts';
import { indexAtPlace } from './place.ts';
import { type Region, toRegions } from './regions.ts';
import type { ListRow } from './types.ts';

/** Most rows in a bucket. */
export const BUCKET_ROWS = 64;
/** A bucket that shrinks below this is put together with its neighbour. */
const SMALL_BUCKET = 16;
/** So that rows with long summaries still make items well below the table's limit. */
const BUCKET_CHARS = 64 * 1024;
/** Buckets that the changes of one fold may lie in. */
const MAX_TOUCHED = 24;

/** Which buckets a change lies in: where the row was and where it is now. */
function touchedBy(buckets: readonly BucketRef[]): (change: RowChange) => readonly number[] {
  const starts = buckets.map(({ first }) => first);
  return ({ id, base, row }) => [
    ...(base === null ? [] : [indexAtPlace(starts, { position: base, id })]),
    ...(row === undefined ? [] : [indexAtPlace(starts, row)]),
  ];
}

/** The first of the changes (ascending by id) that lie in a bounded number of buckets. */
export function pickChanges(
  buckets: readonly BucketRef[],
  changes: readonly RowChange[],
  most: number,
): readonly RowChange[] {
  const touched = new Set<number>();
  const bucketsOf = touchedBy(buckets);
  const tooFar = changes.slice(0, most).findIndex((change) => {
    for (const at of bucketsOf(change)) touched.add(at);
    return touched.size > MAX_TOUCHED;
  });
  return changes.slice(0, tooFar < 0 ? most : Math.max(1, tooFar));
}

/** The list with runs of neighbouring regions that are to be written anew. */
export type Run = { readonly rewrite: boolean; readonly regions: readonly Region[] };

/**
 * Which stretches of the list the changes rewrite: those they lie in and, where that leaves a
 * small bucket, its neighbour. The last bucket may be small: it grows.
 */
export function planRuns(
  list: string,
  buckets: readonly BucketRef[],
  changes: readonly RowChange[],
): readonly Run[] {
  const regions = toRegions(list, buckets, changes);
  const last = regions.length - 1;
  const rewritten = new Set(changes.flatMap(touchedBy(buckets)));
  for (const at of [...rewritten]) {
    const { count = 0 } = regions[at] ?? {};
    if (count > 0 && count < SMALL_BUCKET && at < last) rewritten.add(at + 1);
  }
  const runs: { rewrite: boolean; regions: Region[] }[] = [];
  for (const [at, region] of regions.entries()) {
    const rewrite = rewritten.has(at);
    const run = runs.at(-1);
    if (run?.rewrite === rewrite) run.regions.push(region);
    else runs.push({ rewrite, regions: [region] });
  }
  return runs;
}

/** Rows of a new bucket, in default order, and their texts. */
export interface NewBucket {
  readonly rows: readonly ListRow[];
  readonly texts: readonly string[];
}

/**
 * Cuts rows into buckets. At the end of a list, where rows are added, buckets are filled up;
 * elsewhere they get equal shares, with room to grow.
 */
export function cutIntoBuckets(rows: readonly ListRow[], atEnd: boolean): readonly NewBucket[] {
  const parts = Math.ceil(rows.length / BUCKET_ROWS);
  const most = atEnd ? BUCKET_ROWS : Math.ceil(rows.length / parts);
  const buckets: { rows: ListRow[]; texts: string[] }[] = [];
  let chars = 0;
  for (const row of rows) {
    const text = toRowText(row);
    const bucket = buckets.at(-1);
    if (bucket && bucket.rows.length < most && chars + text.length <= BUCKET_CHARS) {
      bucket.rows.push(row);
      bucket.texts.push(text);
      chars += text.length;
    } else {
      buckets.push({ rows: [row], texts: [text] });
      chars = text.length;
    }
  }
  return buckets;
}
