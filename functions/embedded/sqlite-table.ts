import type { StatementSync } from 'node:sqlite';
import { applyChanges, checkChanges } from '#kernel/changes.ts';
import { holds } from '#kernel/conditions.ts';
import { AppError, invalid } from '#kernel/errors.ts';
import { checkItem, checkKey } from '#kernel/size.ts';
import {
  type Condition,
  type Item,
  type Key,
  MAX_TRANSACT_WRITES,
  type Query,
  type QueryPage,
  type Table,
  type TransactOutcome,
  type Write,
  type WriteOutcome,
} from '#kernel/table.ts';
import { translated, translatedAsync } from './failures.ts';
import { type GroupCommit, groupCommit } from './group-commit.ts';
import { inChunks } from './in-chunks.ts';
import { type Database, openDatabase } from './sqlite.ts';
import { decodeItem, encodeItem } from './sqlite-codec.ts';
import { planQuery, positionOf } from './sqlite-query.ts';

/** The table in one SQLite file, which several processes may use at once. */
export interface SqliteTable extends Table {
  /** Drops the items whose `ttl` has passed; `now` in milliseconds. Returns how many. */
  purgeExpired(now: number): number;
  /** Drops every item. */
  clear(): void;
  close(): void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS items (
    pk TEXT NOT NULL, sk TEXT NOT NULL,
    gsi1pk TEXT, gsi1sk TEXT, gsi2pk TEXT, gsi2sk TEXT, ttl REAL,
    body TEXT NOT NULL,
    PRIMARY KEY (pk, sk)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS items_gsi1 ON items (gsi1pk, gsi1sk, pk, sk) WHERE gsi1pk IS NOT NULL;
  CREATE INDEX IF NOT EXISTS items_gsi2 ON items (gsi2pk, gsi2sk, pk, sk) WHERE gsi2pk IS NOT NULL;
  CREATE INDEX IF NOT EXISTS items_ttl ON items (ttl) WHERE ttl IS NOT NULL`;

const MAX_TRANSACT_BYTES = 4 * 1024 * 1024;

interface Row {
  readonly item: Item;
  readonly body: string;
  readonly bytes: number;
}

interface Statements {
  readonly select: StatementSync;
  readonly upsert: StatementSync;
  readonly drop: StatementSync;
  readonly queries: Map<string, StatementSync>;
}

const rowOf = (item: Item): Row => {
  const { bytes, binary } = checkItem(item);
  return { item, body: encodeItem(item, binary), bytes };
};

const bodyOf = (row: unknown): string => (row as { readonly body: string }).body;

const prepareStatements = (database: Database): Statements => ({
  select: database.prepare('SELECT body FROM items WHERE pk = ? AND sk = ?'),
  upsert: database.prepare(
    `INSERT INTO items (pk, sk, gsi1pk, gsi1sk, gsi2pk, gsi2sk, ttl, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (pk, sk) DO UPDATE SET gsi1pk = excluded.gsi1pk, gsi1sk = excluded.gsi1sk,
       gsi2pk = excluded.gsi2pk, gsi2sk = excluded.gsi2sk, ttl = excluded.ttl, body = excluded.body`,
  ),
  drop: database.prepare('DELETE FROM items WHERE pk = ? AND sk = ?'),
  queries: new Map(),
});

const load = ({ select }: Statements, key: Key): Item | undefined => {
  const row = select.get(key.pk, key.sk);
  return row === undefined ? undefined : decodeItem(bodyOf(row));
};

// An item is in an index only with both of its keys.
const indexKeys = (pk: unknown, sk: unknown): readonly [string | null, string | null] =>
  typeof pk === 'string' && typeof sk === 'string' ? [pk, sk] : [null, null];

const store = ({ upsert }: Statements, { item, body }: Row): void => {
  const ttl = typeof item.ttl === 'number' ? item.ttl : null;
  const gsi1 = indexKeys(item.gsi1pk, item.gsi1sk);
  const gsi2 = indexKeys(item.gsi2pk, item.gsi2sk);
  upsert.run(item.pk, item.sk, ...gsi1, ...gsi2, ttl, body);
};

const keyOf = (write: Write): Key => (write.kind === 'put' ? write.item : write.key);

const checkWrite = (write: Write): void => {
  if (write.kind === 'put') return;
  checkKey(write.key);
  if (write.kind === 'update') checkChanges(write.changes);
};

const isRefused = (condition: Condition | undefined, item: Item | undefined): boolean =>
  condition !== undefined && !holds(condition, item);

const refusal = (item: Item | undefined): { readonly item?: Item } =>
  item === undefined ? {} : { item };

const checkDistinct = (writes: readonly Write[]): void => {
  const keys = new Set(writes.map(keyOf).map(({ pk, sk }) => `${pk.length}:${pk}${sk}`));
  if (keys.size !== writes.length) {
    throw invalid('item_written_twice', 'Each write must be to another item.');
  }
};

/** What a write stores or drops; an update only shows that once the item before it is known. */
type Effect = Row | Key | undefined;

const effectOf = (write: Write): Effect => {
  checkWrite(write);
  if (write.kind === 'put') return rowOf(write.item);
  return write.kind === 'delete' ? write.key : undefined;
};

const effectOn = (before: Item | undefined, write: Write, known: Effect): Effect =>
  write.kind === 'update' ? rowOf(applyChanges(write.key, before, write.changes)) : known;

const perform = (statements: Statements, effect: Effect): void => {
  if (effect === undefined) return;
  if ('body' in effect) store(statements, effect);
  else statements.drop.run(effect.pk, effect.sk);
};

/** What stands there, for a write that depends on it. */
const beforeOf = (statements: Statements, write: Write): Item | undefined =>
  write.kind === 'update' || write.if !== undefined ? load(statements, keyOf(write)) : undefined;

const writeOne = async (
  together: GroupCommit,
  statements: Statements,
  write: Write,
): Promise<WriteOutcome> => {
  if (write.kind === 'check') {
    throw invalid('check_outside_transaction', 'A check is for transactions only.');
  }
  const known = effectOf(write);
  return together(() => {
    const before = beforeOf(statements, write);
    if (isRefused(write.if, before)) return { ok: false, ...refusal(before) };
    const effect = effectOn(before, write, known);
    perform(statements, effect);
    return write.kind === 'update' && effect !== undefined && 'body' in effect
      ? { ok: true, item: decodeItem(effect.body) }
      : { ok: true };
  });
};

const checkTransaction = (writes: readonly Write[]): void => {
  if (writes.length === 0 || writes.length > MAX_TRANSACT_WRITES) {
    throw invalid('transaction_size', `A transaction has 1 to ${MAX_TRANSACT_WRITES} writes.`);
  }
  checkDistinct(writes);
};

const checkTransactBytes = (effects: readonly Effect[]): void => {
  const bytes = effects.reduce((sum, row) => sum + (row && 'body' in row ? row.bytes : 0), 0);
  if (bytes <= MAX_TRANSACT_BYTES) return;
  throw new AppError('too_large', `A transaction may write ${MAX_TRANSACT_BYTES} bytes at most.`, {
    reason: 'transaction_too_large',
  });
};

const transactAll = async (
  together: GroupCommit,
  statements: Statements,
  writes: readonly Write[],
): Promise<TransactOutcome> => {
  checkTransaction(writes);
  const known = writes.map(effectOf);
  return together(() => {
    const before = writes.map((write) => beforeOf(statements, write));
    const refusals = writes.map((write, at) =>
      isRefused(write.if, before[at]) ? refusal(before[at]) : undefined,
    );
    if (refusals.some((entry) => entry !== undefined)) return { ok: false, refusals };
    const effects = writes.map((write, at) => effectOn(before[at], write, known[at]));
    checkTransactBytes(effects);
    for (const effect of effects) perform(statements, effect);
    return { ok: true };
  });
};

const runQuery = (database: Database, { queries }: Statements, query: Query): QueryPage => {
  const { sql, parameters } = planQuery(query);
  const statement = queries.get(sql) ?? database.prepare(sql);
  queries.set(sql, statement);
  const items = statement.all(...parameters).map((row) => decodeItem(bodyOf(row)));
  const last = items.at(-1);
  // As in DynamoDB a full page has a position even when nothing follows.
  return last !== undefined && items.length === query.limit
    ? { items, next: positionOf(query, last) }
    : { items };
};

type BulkWrite = Extract<Write, { kind: 'put' | 'delete' }>;

const bulkAll = async (
  together: GroupCommit,
  statements: Statements,
  writes: readonly BulkWrite[],
): Promise<void> => {
  if (writes.some((write) => write.if !== undefined)) {
    throw invalid('bulk_with_condition', 'Writes in bulk must not have conditions.');
  }
  checkDistinct(writes);
  const effects: Effect[] = [];
  await inChunks(writes, (some) => void effects.push(...some.map(effectOf)));
  await inChunks(effects, (some) =>
    together(() => {
      for (const effect of some) perform(statements, effect);
    }),
  );
};

/** Opens the table in the file at `path`, or in memory for `:memory:`. */
export const openSqliteTable = (path: string): SqliteTable => {
  const database = openDatabase(path, SCHEMA);
  const statements = prepareStatements(database);
  const expired = database.prepare('DELETE FROM items WHERE ttl < ?');
  const together = groupCommit(database);
  const guarded = <T>(work: () => T): T => translated('The table', work);
  const awaited = <T>(work: () => Promise<T>) => translatedAsync('The table', work);
  const read = (key: Key): Item | undefined => {
    checkKey(key);
    return load(statements, key);
  };
  return {
    get: async (key) => guarded(() => read(key)),
    batchGet: async (keys) => guarded(() => keys.map(read)),
    query: async (query) => guarded(() => runQuery(database, statements, query)),
    write: (write) => awaited(() => writeOne(together, statements, write)),
    transact: (writes) => awaited(() => transactAll(together, statements, writes)),
    bulk: (writes) => awaited(() => bulkAll(together, statements, writes)),
    purgeExpired: (now) => guarded(() => Number(expired.run(now / 1000).changes)),
    clear: () => guarded(() => database.handle.exec('DELETE FROM items')),
    close() {
      together.flush();
      database.close();
    },
  };
};
