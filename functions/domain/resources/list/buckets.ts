import { type BucketRef, listKeys, toRows } from './list.items.ts';
import type { ListRow, ListStore } from './types.ts';

type BucketStore = Pick<ListStore, 'table' | 'cache'>;

/** A bucket that is to be read. */
export interface Wanted {
  readonly list: string;
  readonly bucket: BucketRef;
}

const cacheKey = (list: string, id: string): string => `list-bucket#${list}#${id}`;

/** Buckets never change, so what was read or written once is kept until it is evicted. */
export const rememberBucket = (
  store: BucketStore,
  list: string,
  id: string,
  rows: readonly ListRow[],
): void => store.cache.set(cacheKey(list, id), rows);

/**
 * The rows of each bucket; undefined when a bucket is gone, which means that the root
 * that named it is long replaced.
 */
export async function loadBuckets(
  store: BucketStore,
  wanted: readonly Wanted[],
): Promise<ReadonlyMap<BucketRef, readonly ListRow[]> | undefined> {
  const found = new Map<BucketRef, readonly ListRow[]>();
  // A bucket just written may not be everywhere yet; only a consistent read tells that it is gone.
  for (const source of ['cache', 'eventual', 'consistent'] as const) {
    const rest = wanted.filter(({ bucket }) => !found.has(bucket));
    if (rest.length === 0) return found;
    if (source === 'cache') {
      for (const { list, bucket } of rest) {
        const rows = store.cache.get<readonly ListRow[]>(cacheKey(list, bucket.id));
        if (rows !== undefined) found.set(bucket, rows);
      }
      continue;
    }
    const keys = rest.map(({ list, bucket }) => listKeys.bucket(list, bucket.id));
    const items = await store.table.batchGet(keys, { eventual: source === 'eventual' });
    for (const [at, { list, bucket }] of rest.entries()) {
      const item = items[at];
      if (item === undefined) continue;
      const rows = toRows(item);
      rememberBucket(store, list, bucket.id, rows);
      found.set(bucket, rows);
    }
  }
  return wanted.every(({ bucket }) => found.has(bucket)) ? found : undefined;
}
