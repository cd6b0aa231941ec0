import {
  type ListEntry,
  type ListRow,
  type ListStore,
  listWrite,
  type Summary,
} from '#domain/resources/list/index.ts';
import { openSqliteTable, type SqliteTable } from '#embedded/sqlite-table.ts';
import { createCache } from '#kernel/cache.ts';
import { randomIds } from '#kernel/ids.ts';
import type { Table } from '#kernel/table.ts';

export const LIST = '7#queue';

export interface Harness {
  readonly table: SqliteTable;
  /** What a process sees; each call is another process with an empty cache. */
  process(table?: Table): ListStore;
  /** Waits for the folds that reads and writes of all processes left behind. */
  settled(): Promise<void>;
  advance(seconds: number): void;
}

export function openHarness(): Harness {
  const table = openSqliteTable(':memory:');
  let now = 1_790_000_000_000;
  const clock = { now: () => now };
  const deferred: Promise<unknown>[] = [];
  return {
    table,
    advance: (seconds) => {
      now += seconds * 1000;
    },
    process: (through = table) => ({
      table: through,
      clock,
      ids: randomIds,
      cache: createCache(clock),
      defer: (work) => void deferred.push(work),
    }),
    settled: async () => void (await Promise.all(deferred)),
  };
}

/** The plain picture of what a list shows. */
export interface Model {
  /** Every row that was ever on the list, by id. */
  readonly all: Map<number, Omit<ListRow, 'position'> & { readonly position: number | null }>;
  /** The entry that brings a row to this position, applied to the model. */
  change(id: number, position: number | null, summary?: Summary): ListEntry;
  /** Rows on the list in default order. */
  rows(): ListRow[];
}

export function createModel(): Model {
  const all: Model['all'] = new Map();
  return {
    all,
    change: (id, position, summary) => {
      const before = all.get(id);
      const version = (before?.version ?? 0) + 1;
      const kept = summary ?? before?.summary ?? { name: `row ${(id * 7919) % 101}`, size: id % 5 };
      all.set(id, { id, version, position, summary: kept });
      return { id, version, position, was: before?.position ?? null, summary: kept };
    },
    rows: () =>
      [...all.values()]
        .flatMap((row) => (row.position === null ? [] : [{ ...row, position: row.position }]))
        .sort((a, b) => a.position - b.position || a.id - b.id),
  };
}

export async function writeAll(
  { table }: Pick<ListStore, 'table'>,
  entries: readonly ListEntry[],
  list = LIST,
): Promise<void> {
  for (const entry of entries) await table.write(listWrite(list, entry));
}

/** A table whose n-th write call from now fails, before or after it took effect. */
export function crashing(table: Table, n: number, when: 'before' | 'after'): Table {
  let left = n;
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    left -= 1;
    if (left === 0 && when === 'before') throw new Error('crash');
    const result = await work();
    if (left === 0) throw new Error('crash');
    return result;
  };
  return {
    get: table.get,
    batchGet: table.batchGet,
    query: table.query,
    write: (write) => guarded(() => table.write(write)),
    transact: (writes) => guarded(() => table.transact(writes)),
    bulk: async (writes) => {
      // Not atomic: half of it may be all that happens.
      if (writes.length > 1 && left === 1 && when === 'after') {
        await table.bulk(writes.slice(0, Math.ceil(writes.length / 2)));
        left = 0;
        throw new Error('crash');
      }
      return guarded(() => table.bulk(writes));
    },
  };
}

/** Keys of the list's items by their kind. */
export async function itemsOf(table: Table, list = LIST): Promise<Record<string, string[]>> {
  const { items } = await table.query({ pk: `LIST#${list}` });
  const kinds: Record<string, string[]> = { B: [], J: [], HEAD: [], ROOT: [] };
  for (const { sk } of items) kinds[sk.split('#')[0] ?? '']?.push(sk);
  return kinds;
}
