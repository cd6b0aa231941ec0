import { unavailable } from '#kernel/errors.ts';
import type { Item } from '#kernel/table.ts';
import { foldedIn, sumUpJournal } from './changes.ts';
import { listKeys, type Root, toEntry, toRoot } from './list.items.ts';
import { type Region, toRegions } from './regions.ts';
import type { ListStore } from './types.ts';

/** A list as one read shows it. */
export interface ListState {
  readonly list: string;
  readonly regions: readonly Region[];
  readonly total: number;
  /** Differs whenever the rows or their order may differ. */
  readonly stamp: string;
  /** Entries in the journal. */
  readonly journal: number;
}

const TRIES = 5;
const CACHE_SECONDS = 300;

const isSame = (a: Item[string], b: Item[string]): boolean =>
  a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0;

/**
 * The root as it was unpacked before, where the item holds the same bytes: of a long list they
 * take longer to unpack than the rest of a read.
 */
function rootOf(cache: ListStore['cache'], list: string, item: Item | undefined): Root {
  const cacheKey = `list-root#${list}`;
  const cached = cache.get<{ readonly item: Item; readonly root: Root }>(cacheKey);
  if (cached && cached.item.version === item?.version && isSame(cached.item.z, item?.z)) {
    return cached.root;
  }
  const root = toRoot(item);
  if (item !== undefined) cache.set(cacheKey, { item, root }, CACHE_SECONDS);
  return root;
}

/**
 * Reads journal and root of a list, strongly consistent, in one query.
 *
 * The query is no snapshot. HEAD (read first) and ROOT (read last) carry the version of the same
 * fold; when at most one fold came between them, the root still remembers everything that the
 * journal may have shown of folded changes. After more folds it might not: read again.
 */
export async function readState(
  { table, cache }: Pick<ListStore, 'table' | 'cache'>,
  list: string,
): Promise<ListState> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const { items } = await table.query({ pk: listKeys.partition(list), sk: listKeys.state });
    const head = items.find(({ sk }) => sk === 'HEAD');
    const root = rootOf(
      cache,
      list,
      items.find(({ sk }) => sk === 'ROOT'),
    );
    if (root.version > Number(head?.version ?? 0) + 1) continue;
    const entries = items.filter(({ sk }) => sk.startsWith('J#')).map(toEntry);
    const { changes } = sumUpJournal(entries, foldedIn(root.folded, root.past));
    const regions = toRegions(list, root.buckets, changes);
    return {
      list,
      regions,
      total: regions.reduce((sum, { count }) => sum + count, 0),
      stamp: [root.version, ...changes.map(({ id, version }) => `${id}.${version}`)].join(),
      journal: entries.length,
    };
  }
  throw unavailable('The list changes too fast to be read. Try again.');
}
