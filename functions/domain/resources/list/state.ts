import { unavailable } from '#kernel/errors.ts';
import { foldedIn, sumUpJournal } from './changes.ts';
import { listKeys, toEntry, toRoot } from './list.items.ts';
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

/**
 * Reads journal and root of a list, strongly consistent, in one query.
 *
 * The query is no snapshot. HEAD (read first) and ROOT (read last) carry the version of the same
 * fold; when at most one fold came between them, the root still remembers everything that the
 * journal may have shown of folded changes. After more folds it might not: read again.
 */
export async function readState(
  { table }: Pick<ListStore, 'table'>,
  list: string,
): Promise<ListState> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const { items } = await table.query({ pk: listKeys.partition(list), sk: listKeys.state });
    const head = items.find(({ sk }) => sk === 'HEAD');
    const root = toRoot(items.find(({ sk }) => sk === 'ROOT'));
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
