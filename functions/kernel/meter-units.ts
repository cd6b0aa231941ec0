import { itemSize } from './size.ts';
import type {
  IndexName,
  Item,
  Key,
  Query,
  QueryPage,
  Table,
  TransactOutcome,
  Write,
  WriteOutcome,
} from './table.ts';

/** What the units are added to. */
export interface UnitCounts {
  readUnits: number;
  writeUnits: number;
  bytesRead: number;
  bytesWritten: number;
}

type Consistency = { readonly eventual?: boolean } | undefined;
type BulkWrite = Extract<Write, { kind: 'put' | 'delete' }>;

const READ_UNIT_BYTES = 4096;
const WRITE_UNIT_BYTES = 1024;
const PAGE_BYTES = 1024 * 1024;
const INDEXES: readonly IndexName[] = ['gsi1', 'gsi2'];

const sizeOf = (item: Item | undefined): number => (item === undefined ? 0 : itemSize(item));

const readUnits = (bytes: number, eventual: boolean): number =>
  Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES)) * (eventual ? 0.5 : 1);

const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES));

const indexKeyOf = (item: Item | undefined, index: IndexName): string | undefined => {
  const [pk, sk] = [item?.[`${index}pk`], item?.[`${index}sk`]];
  return typeof pk === 'string' && typeof sk === 'string' ? JSON.stringify([pk, sk]) : undefined;
};

// Every index holds whole items: one more write for an entry that is made, changed or dropped,
// two when its key changes, since that drops one entry and makes another.
const indexUnits = (before: Item | undefined, after: Item | undefined): number => {
  let units = 0;
  for (const index of INDEXES) {
    const [from, to] = [indexKeyOf(before, index), indexKeyOf(after, index)];
    if (to !== undefined) units += writeUnits(sizeOf(after));
    if (from !== undefined && from !== to) units += writeUnits(sizeOf(before));
  }
  return units;
};

// The table counts the larger of the item before and after.
const tableWriteUnits = (before: Item | undefined, after: Item | undefined): number =>
  writeUnits(Math.max(sizeOf(before), sizeOf(after)));

const keyOf = (write: Write): Key => (write.kind === 'put' ? write.item : write.key);

/** The item after a write that succeeded; `updated` where the write was an update. */
const itemAfter = (
  write: Write,
  before: Item | undefined,
  updated: Item | undefined,
): Item | undefined => {
  if (write.kind === 'put') return write.item;
  if (write.kind === 'check') return before;
  return write.kind === 'update' ? updated : undefined;
};

const unitsOfReads = (counts: UnitCounts) => {
  const count = (items: readonly (Item | undefined)[], units: number): void => {
    counts.readUnits += units;
    counts.bytesRead += items.reduce((sum, item) => sum + sizeOf(item), 0);
  };
  return {
    read: (item: Item | undefined, options: Consistency): Item | undefined => {
      count([item], readUnits(sizeOf(item), options?.eventual === true));
      return item;
    },
    batch: (items: readonly (Item | undefined)[], options: Consistency) => {
      const eventual = options?.eventual === true;
      const units = items.reduce((sum, item) => sum + readUnits(sizeOf(item), eventual), 0);
      count(items, units);
      return items;
    },
    page: (query: Query, page: QueryPage): QueryPage => {
      const bytes = page.items.reduce((sum, item) => sum + sizeOf(item), 0);
      // Reads from an index are always eventually consistent.
      count(page.items, readUnits(bytes, query.index !== undefined || query.eventual === true));
      return page;
    },
    /** How many requests a query is, one after the other, as each reads 1 MB at most. */
    pagesOf: (items: readonly Item[]): number =>
      Math.max(1, Math.ceil(items.reduce((sum, item) => sum + sizeOf(item), 0) / PAGE_BYTES)),
  };
};

const unitsOfWrites = (table: Table, counts: UnitCounts) => {
  const count = (before: Item | undefined, after: Item | undefined, times: number): void => {
    counts.writeUnits += times * tableWriteUnits(before, after) + indexUnits(before, after);
    counts.bytesWritten += sizeOf(after);
  };
  // A refused write costs as much as the item that was in its way.
  const countRefused = (before: Item | undefined, times: number): void => {
    counts.writeUnits += times * writeUnits(sizeOf(before));
  };
  return {
    write: async (write: Write): Promise<WriteOutcome> => {
      const before = await table.get(keyOf(write));
      const outcome = await table.write(write);
      if (outcome.ok) count(before, itemAfter(write, before, outcome.item), 1);
      else countRefused(outcome.item, 1);
      return outcome;
    },
    transact: async (writes: readonly Write[]): Promise<TransactOutcome> => {
      const keys = writes.map(keyOf);
      const before = await table.batchGet(keys);
      const outcome = await table.transact(writes);
      const after = outcome.ok ? await table.batchGet(keys) : before;
      writes.forEach((write, at) => {
        if (!outcome.ok || write.kind === 'check') countRefused(before[at], 2);
        else count(before[at], itemAfter(write, before[at], after[at]), 2);
      });
      return outcome;
    },
    bulk: async (writes: readonly BulkWrite[]): Promise<void> => {
      const before = await table.batchGet(writes.map(keyOf));
      await table.bulk(writes);
      writes.forEach((write, at) => {
        count(before[at], itemAfter(write, before[at], undefined), 1);
      });
    },
  };
};

/** Counts the capacity units of what is read and written, by DynamoDB's rules. */
export const tableUnits = (table: Table, counts: UnitCounts) => ({
  ...unitsOfReads(counts),
  ...unitsOfWrites(table, counts),
});
