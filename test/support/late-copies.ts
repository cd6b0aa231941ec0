import { openSqliteTable } from '#embedded/sqlite-table.ts';
import type { Clock } from '#kernel/clock.ts';
import type { Item, Key, Query, Table, Write } from '#kernel/table.ts';

const keyOf = (write: Write): Key => (write.kind === 'put' ? write.item : write.key);

/**
 * A table whose eventual reads are answered by a copy that is so many milliseconds behind, as DynamoDB's may
 * be for a while; all others as ever. With `indexes` those lag behind as well.
 */
export function lateCopies(table: Table, clock: Clock, behindMs: number, indexes = false) {
  const copy = openSqliteTable(':memory:');
  const news: { readonly at: number; readonly key: Key; readonly item: Item | undefined }[] = [];
  const note = async (writes: readonly Write[]): Promise<void> => {
    const keys = writes.map(keyOf);
    const items = await table.batchGet(keys);
    for (const [at, key] of keys.entries()) news.push({ at: clock.now(), key, item: items[at] });
  };
  const caughtUp = async (): Promise<Table> => {
    const arrived = news.findIndex(({ at }) => at > clock.now() - behindMs);
    for (const { key, item } of news.splice(0, arrived === -1 ? news.length : arrived)) {
      const { pk, sk } = key;
      await copy.bulk([
        item === undefined ? { kind: 'delete', key: { pk, sk } } : { kind: 'put', item },
      ]);
    }
    return copy;
  };
  const isLate = ({ eventual, index }: Query): boolean =>
    eventual === true || (indexes && index !== undefined);
  const told = async <T>(writes: readonly Write[], work: Promise<T>): Promise<T> => {
    const outcome = await work;
    await note(writes);
    return outcome;
  };
  return {
    table: {
      get: async (key, options) => (options?.eventual ? await caughtUp() : table).get(key),
      batchGet: async (keys, options) =>
        (options?.eventual ? await caughtUp() : table).batchGet(keys),
      query: async (query) => (isLate(query) ? await caughtUp() : table).query(query),
      write: (write) => told([write], table.write(write)),
      transact: (writes) => told(writes, table.transact(writes)),
      bulk: (writes) => told(writes, table.bulk(writes)),
    } satisfies Table as Table,
    close: () => copy.close(),
  };
}
