import { unavailable } from '#kernel/errors.ts';
import { type SortValue, sortRows } from '#kernel/search/sort.ts';
import { loadBuckets } from './buckets.ts';
import { comparePlaces } from './place.ts';
import { type Region, regionsOfWindow, rowsOfRegion } from './regions.ts';
import { type ListState, readState } from './state.ts';
import type { ListPage, ListPageOptions, ListRow, ListStore, Summary } from './types.ts';
import { FOLD_AT, foldOnce } from './when-to-fold.ts';

const TRIES = 3;
const CACHE_SECONDS = 300;
/** Outcomes of searches are as many as people type, so only short ones are kept. */
const MAX_CACHED_MATCHES = 500;

/** The rows of these regions in default order; undefined when one of their buckets is gone. */
async function readRegions(
  store: ListStore,
  regions: readonly Region[],
): Promise<readonly ListRow[] | undefined> {
  const wanted = regions.flatMap(({ list, bucket }) =>
    bucket === undefined ? [] : [{ list, bucket }],
  );
  const stored = await loadBuckets(store, wanted);
  if (stored === undefined) return undefined;
  return regions
    .flatMap((region) => rowsOfRegion(region, (region.bucket && stored.get(region.bucket)) ?? []))
    .toSorted(comparePlaces);
}

async function pageInDefaultOrder(
  store: ListStore,
  states: readonly ListState[],
  { offset, limit, descending }: ListPageOptions,
): Promise<ListPage | undefined> {
  const total = states.reduce((sum, state) => sum + state.total, 0);
  const last = Math.min(total, offset + limit);
  if (offset >= last) return { total, rows: [] };
  const [start, end] = descending ? [total - last, total - offset] : [offset, last];
  const regions = states.flatMap((state) => state.regions);
  const { chosen, skipped } = regionsOfWindow(regions, start, end);
  const rows = await readRegions(store, chosen);
  if (rows === undefined) return undefined;
  const window = rows.slice(start - skipped, end - skipped);
  return { total, rows: descending ? window.toReversed() : window };
}

const sortValue = (value: Summary[string] | undefined): SortValue => {
  if (value === undefined || value === null || typeof value === 'number') return value;
  return typeof value === 'string'
    ? value
    : typeof value === 'boolean'
      ? Number(value)
      : value.join();
};

/** Rows of whole lists in some order. */
interface Ordered {
  /** Of the lists as they were read. */
  readonly stamp: string;
  /** Of these very rows, for what is derived from them: small, unlike the stamp. */
  readonly edition: symbol;
  readonly rows: readonly ListRow[];
}

/** All rows in the order asked for; the latest outcome per order is kept. */
async function orderedRows(
  store: ListStore,
  states: readonly ListState[],
  { sort, descending }: ListPageOptions,
): Promise<Ordered | undefined> {
  const lists = states.map(({ list }) => list);
  const stamp = JSON.stringify(states.map((state) => state.stamp));
  const cacheKey = JSON.stringify(['list-rows', lists, sort ?? descending === true]);
  const cached = store.cache.get<Ordered>(cacheKey);
  if (cached?.stamp === stamp) return cached;
  const all = await readRegions(
    store,
    states.flatMap(({ regions }) => regions),
  );
  if (all === undefined) return undefined;
  const inOrder = descending ? all.toReversed() : all;
  const rows =
    sort === undefined
      ? inOrder
      : sortRows(all, {
          key: ({ summary }) => sortValue(summary[sort.field]),
          descending: sort.descending,
          tieBreaker: ({ position }) => position,
        });
  const ordered = { stamp, edition: Symbol(), rows };
  store.cache.set(cacheKey, ordered, CACHE_SECONDS);
  return ordered;
}

/** Rows that match, cached with the edition that they were picked from. */
function matchingRows(
  store: ListStore,
  { edition, rows }: Ordered,
  cacheKey: string | undefined,
  matches: (summary: Summary) => boolean,
): readonly ListRow[] {
  const pick = () => rows.filter(({ summary }) => matches(summary));
  if (cacheKey === undefined) return pick();
  const cached = store.cache.get<Omit<Ordered, 'stamp'>>(cacheKey);
  if (cached?.edition === edition) return cached.rows;
  const picked = pick();
  if (picked.length <= MAX_CACHED_MATCHES) {
    store.cache.set(cacheKey, { edition, rows: picked }, CACHE_SECONDS);
  }
  return picked;
}

async function pageOfAll(
  store: ListStore,
  states: readonly ListState[],
  options: ListPageOptions,
): Promise<ListPage | undefined> {
  const { offset, limit, matches, filterKey, sort, descending } = options;
  const ordered = await orderedRows(store, states, options);
  if (ordered === undefined) return undefined;
  const lists = states.map(({ list }) => list);
  const cacheKey =
    filterKey === undefined
      ? undefined
      : JSON.stringify(['list-matches', lists, sort ?? descending === true, filterKey]);
  const rows =
    matches === undefined ? ordered.rows : matchingRows(store, ordered, cacheKey, matches);
  return { total: rows.length, rows: rows.slice(offset, offset + limit) };
}

/**
 * A page of one list, or of several that share no rows, merged; exact and strongly consistent.
 * In default order it costs two round trips and a few read units at any offset; another order or
 * a filter reads all summaries unless this process has them from an earlier call. For callers
 * that have asked for permission to see these lists.
 */
export async function readListPage(
  store: ListStore,
  lists: readonly string[],
  options: ListPageOptions,
): Promise<ListPage> {
  const read =
    options.sort === undefined && options.matches === undefined ? pageInDefaultOrder : pageOfAll;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const states = await Promise.all(lists.map((list) => readState(store, list)));
    const page = await read(store, states, options);
    if (page === undefined) continue;
    for (const { list, journal } of states) {
      if (journal >= FOLD_AT) store.defer(foldOnce(store, list));
    }
    return page;
  }
  throw unavailable('The list changes too fast to be read. Try again.');
}
