import type { Folded } from './list.items.ts';
import type { ListEntry, ListRow } from './types.ts';

/** What the journal says about one row, compared with the buckets. */
export interface RowChange {
  readonly id: number;
  readonly version: number;
  /** The row's position in the buckets; null when it is in none. */
  readonly base: number | null;
  /** The row as it is now; absent when it left the list. */
  readonly row?: ListRow;
  /** Versions of the entries that this sums up. */
  readonly versions: readonly number[];
}

const sumUp = (oldest: ListEntry, newest: ListEntry, versions: readonly number[]): RowChange => {
  const { id, version, position, summary } = newest;
  const change = { id, version, base: oldest.was, versions };
  return position === null ? change : { ...change, row: { id, version, position, summary } };
};

/**
 * Sums up journal entries by row, in ascending order of ids, and sets those aside that the
 * buckets hold already.
 */
export function sumUpJournal(
  entries: readonly ListEntry[],
  isFolded: (entry: ListEntry) => boolean,
): { readonly changes: readonly RowChange[]; readonly leftovers: readonly ListEntry[] } {
  const leftovers = entries.filter(isFolded);
  const rows = Map.groupBy(
    entries.filter((entry) => !isFolded(entry)),
    ({ id }) => id,
  );
  const changes = [...rows.values()].flatMap((group) => {
    const inOrder = group.toSorted((a, b) => a.version - b.version);
    const [oldest, newest] = [inOrder[0], inOrder.at(-1)];
    if (oldest === undefined || newest === undefined) return [];
    return [
      sumUp(
        oldest,
        newest,
        inOrder.map(({ version }) => version),
      ),
    ];
  });
  return { changes: changes.toSorted((a, b) => a.id - b.id), leftovers };
}

/** Whether the entry's change is in the buckets, by what the root remembers. */
export const foldedIn =
  (...records: readonly Folded[]) =>
  ({ id, version }: ListEntry): boolean =>
    records.some((folded) => version <= (folded.get(id) ?? -1));
