import { unavailable } from '#kernel/errors.ts';
import { type SortValue, sortRows } from '#kernel/search/sort.ts';
import { loadBuckets } from './buckets.ts';
import { comparePlaces } from './place.ts';
import { type Region, regionsOfWindow, rowsOfRegion } from './regions.ts';
import { type ListState, readState } from './state.ts';
import type {
  ListFilter,
  ListPage,
  ListPageOptions,
  ListRow,
  ListStore,
  Summary,
} from './types.ts';
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

/** Whether the row itself must be asked for a field. */
const isOpen = ({ summary: { open } }: ListRow, field?: string): boolean =>
  Array.isArray(open) && (field === undefined || open.includes(field));

/** The rows sorted, with what is open looked up. */
async function sorted(
  all: readonly ListRow[],
  { field, descending, settle }: NonNullable<ListPageOptions['sort']>,
): Promise<readonly ListRow[]> {
  const open = all.filter((row) => isOpen(row, field));
  const settled = open.length === 0 ? [] : ((await settle?.(open)) ?? []);
  const known = new Map(open.map((row, at) => [row, settled[at]]));
  return sortRows(all, {
    key: (row) => sortValue((known.get(row) ?? row.summary)[field]),
    descending,
    tieBreaker: ({ position }) => position,
  });
}

/** All rows in the order asked for; the latest outcome per order is kept. */
async function orderedRows(
  store: ListStore,
  states: readonly ListState[],
  options: ListPageOptions,
): Promise<Ordered | undefined> {
  const { sort, descending } = options;
  const lists = states.map(({ list }) => list);
  const stamp = JSON.stringify(states.map((state) => state.stamp));
  const cacheKey = JSON.stringify(['list-rows', lists, orderName(options)]);
  const cached = store.cache.get<Ordered>(cacheKey);
  if (cached?.stamp === stamp) return cached;
  const all = await readRegions(
    store,
    states.flatMap(({ regions }) => regions),
  );
  if (all === undefined) return undefined;
  const inOrder = descending ? all.toReversed() : all;
  const rows = sort === undefined ? inOrder : await sorted(all, sort);
  const ordered = { stamp, edition: Symbol(), rows };
  const isLasting = sort === undefined || !all.some((row) => isOpen(row, sort.field));
  if (isLasting) store.cache.set(cacheKey, ordered, CACHE_SECONDS);
  return ordered;
}

/** Rows that pass; `isLasting`: they do as long as the list stays as it is. */
interface Passing {
  readonly rows: readonly ListRow[];
  readonly isLasting: boolean;
}

async function passing(
  rows: readonly ListRow[],
  { matches, decide }: ListFilter,
): Promise<Passing> {
  const verdicts = rows.map(({ summary }) => matches(summary));
  const unsure = rows.filter((_, at) => verdicts[at] === undefined);
  const more = new Set(unsure.length === 0 ? [] : await decide?.(unsure));
  return {
    rows: rows.filter((row, at) => verdicts[at] ?? more.has(row)),
    isLasting: !unsure.some((row) => isOpen(row)),
  };
}

const orderName = ({ sort, descending }: ListPageOptions) =>
  sort === undefined ? descending === true : [sort.field, sort.descending];

/** Rows that match, cached with the edition that they were picked from. */
async function matchingRows(
  store: ListStore,
  { edition, rows }: Ordered,
  cacheKey: string | undefined,
  filter: ListFilter,
): Promise<readonly ListRow[]> {
  if (cacheKey === undefined) return (await passing(rows, filter)).rows;
  const cached = store.cache.get<Omit<Ordered, 'stamp'>>(cacheKey);
  if (cached?.edition === edition) return cached.rows;
  const { rows: picked, isLasting } = await passing(rows, filter);
  if (isLasting && picked.length <= MAX_CACHED_MATCHES) {
    store.cache.set(cacheKey, { edition, rows: picked }, CACHE_SECONDS);
  }
  return picked;
}

async function pageOfAll(
  store: ListStore,
  states: readonly ListState[],
  options: ListPageOptions,
): Promise<ListPage | undefined> {
  const { offset, limit } = options;
  const filter = await options.filter;
  const ordered = await orderedRows(store, states, options);
  if (ordered === undefined) return undefined;
  const lists = states.map(({ list }) => list);
  const cacheKey =
    filter?.key === undefined
      ? undefined
      : JSON.stringify(['list-matches', lists, orderName(options), filter.key]);
  const rows =
    filter === undefined ? ordered.rows : await matchingRows(store, ordered, cacheKey, filter);
  return { total: rows.length, rows: rows.slice(offset, offset + limit) };
}

/** All rows of some lists in default order, and what differs whenever they may differ. */
export async function readWholeLists(
  store: ListStore,
  lists: readonly string[],
): Promise<{ readonly stamp: string; readonly rows: readonly ListRow[] }> {
  return steadily(store, lists, (states) => orderedRows(store, states, { offset: 0, limit: 0 }));
}

/** Reads the states of the lists and what hangs on them, again where a bucket was gone meanwhile. */
async function steadily<R>(
  store: ListStore,
  lists: readonly string[],
  read: (states: readonly ListState[]) => Promise<R | undefined>,
): Promise<R> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const states = await Promise.all(lists.map((list) => readState(store, list)));
    const found = await read(states);
    if (found === undefined) continue;
    for (const { list, journal } of states) {
      if (journal >= FOLD_AT) store.defer(foldOnce(store, list));
    }
    return found;
  }
  throw unavailable('The list changes too fast to be read. Try again.');
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
  // Whoever waits for it learns why there is no filter; until then nobody does.
  Promise.resolve(options.filter).catch(() => undefined);
  const read =
    options.sort === undefined && options.filter === undefined ? pageInDefaultOrder : pageOfAll;
  return steadily(store, lists, (states) => read(store, states, options));
}
