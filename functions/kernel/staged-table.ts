import { applyChanges, checkChanges } from './changes.ts';
import { holds } from './conditions.ts';
import { AppError, invalid, isUndecided } from './errors.ts';
import {
  all,
  type Condition,
  type Item,
  isAside,
  itemMissing,
  type Key,
  MAX_TRANSACT_WRITES,
  put,
  type Query,
  type QueryPage,
  remove,
  type Table,
  type TransactOutcome,
  type Write,
  type WriteOutcome,
} from './table.ts';
import { compareText } from './text-order.ts';

/** What happened so far to one item. */
interface Staged {
  readonly key: Key;
  /** The item as it will be. */
  readonly item: Item | undefined;
  /** What must hold of the stored item when all is written. */
  readonly conditions: readonly Condition[];
  /** The write itself, while it is the only one. */
  readonly only: Write | undefined;
  /** Whether anything but checks was asked. */
  readonly changed: boolean;
}

type Applied =
  | Extract<TransactOutcome, { ok: false }>
  | { readonly ok: true; readonly items: readonly (Item | undefined)[] };

/** A table whose writes stay with it until they are committed, all at once. */
export interface StagedTable extends Table {
  /**
   * Writes everything, or nothing. What `unreachable` says nobody can find before the rest is
   * there goes first, in bulk; it is dropped again when the rest surely fails. The rest is one
   * transaction; throws `too_large` when that is more than {@link MAX_STAGED_WRITES}.
   */
  commit(unreachable?: (key: Key) => boolean): Promise<TransactOutcome>;
  /** Whether the item is made here, and the commit refused if anybody else has made it by then. */
  creates(key: Key): boolean;
}

/** What goes with a call, such as its record, needs room in the transaction, too. */
const COMPANIONS = 4;
/** Most writes of one commit that others can find. */
export const MAX_STAGED_WRITES = MAX_TRANSACT_WRITES - COMPANIONS;

const nameOf = ({ pk, sk }: Key): string => JSON.stringify([pk, sk]);
const keyOf = (write: Write): Key => (write.kind === 'put' ? write.item : write.key);

function after(write: Write, before: Item | undefined): Item | undefined {
  if (write.kind === 'put') return write.item;
  if (write.kind === 'delete') return undefined;
  if (write.kind === 'check') return before;
  checkChanges(write.changes);
  return applyChanges(write.key, before, write.changes);
}

function stagedAfter(write: Write, before: Item | undefined, staged: Staged | undefined): Staged {
  const isFirst = staged?.changed !== true;
  return {
    key: keyOf(write),
    item: after(write, before),
    // Once the item is ours, conditions are about our own writes, and have been looked at.
    conditions: [
      ...(staged?.conditions ?? []),
      ...(isFirst && write.if !== undefined ? [write.if] : []),
    ],
    only: staged === undefined ? write : undefined,
    changed: !isFirst || write.kind !== 'check',
  };
}

function netWrite({ key, item, conditions, only, changed }: Staged): Write {
  if (only !== undefined) return only;
  const condition = conditions.length === 0 ? undefined : all(...conditions);
  if (!changed && condition !== undefined) return { kind: 'check', key, if: condition };
  return item === undefined ? remove(key, condition) : put(item, condition);
}

const isInRange = (sk: string, range: Query['sk']): boolean => {
  if (range === undefined) return true;
  if ('prefix' in range) return sk.startsWith(range.prefix);
  const { from = '', to } = range;
  return compareText(sk, from) >= 0 && (to === undefined || compareText(sk, to) <= 0);
};

/** What is stored with what is staged laid over it, as the query asks. */
function laidOver(query: Query, stored: readonly Item[], staged: readonly Staged[]): QueryPage {
  const items = new Map(stored.map((item) => [item.sk, item]));
  for (const { key, item } of staged) {
    if (item === undefined) items.delete(key.sk);
    else if (isInRange(key.sk, query.sk)) items.set(key.sk, item);
  }
  const sign = query.order === 'descending' ? -1 : 1;
  const start = query.after?.sk;
  const rows = [...items.values()]
    .filter(({ sk }) => start === undefined || sign * compareText(sk, start) > 0)
    .sort((a, b) => sign * compareText(a.sk, b.sk))
    .slice(0, query.limit);
  const last = rows.at(-1);
  return last !== undefined && rows.length === query.limit
    ? { items: rows, next: { pk: last.pk, sk: last.sk } }
    : { items: rows };
}

async function readAll(table: Table, query: Query): Promise<readonly Item[]> {
  const { limit: _, after: __, ...whole } = query;
  const items: Item[] = [];
  for (let next: Query['after']; ; ) {
    const page = await table.query(next === undefined ? whole : { ...whole, after: next });
    items.push(...page.items);
    next = page.next;
    if (next === undefined) return items;
  }
}

async function commitAll(
  table: Table,
  staged: readonly Staged[],
  unreachable: (key: Key) => boolean,
): Promise<TransactOutcome> {
  const first = staged.flatMap(({ key, item }) =>
    item !== undefined && unreachable(key) ? [put(item)] : [],
  );
  const rest = staged.filter(({ key }) => !unreachable(key)).map(netWrite);
  if (rest.length > MAX_STAGED_WRITES) {
    throw new AppError('too_large', 'This changes too much at once.', {
      reason: 'staged_writes',
      detail: { writes: rest.length, most: MAX_STAGED_WRITES },
    });
  }
  if (rest.length === 0) return { ok: true };
  type Bulk = Parameters<Table['bulk']>[0];
  const drop = () =>
    table.bulk(first.map((write) => remove(keyOf(write))) as Bulk).catch(() => undefined);
  let isSent = false;
  try {
    if (first.length > 0) await table.bulk(first as Bulk);
    isSent = true;
    const outcome = await table.transact(rest);
    if (!outcome.ok) await drop();
    return outcome;
  } catch (error) {
    // When only the answer was lost, all is there, and leads to what went first.
    if (!(isSent && isUndecided(error))) await drop();
    throw error;
  }
}

/**
 * Lays a table over `table`: who works with it sees its own writes, and nobody else does until
 * `commit`. Only counters count at once. Indexes show what is stored alone.
 */
export function stageTable(table: Table): StagedTable {
  const staged = new Map<string, Staged>();
  /** Items as they are now, whenever they are asked for after what is stored was read. */
  const view = async (keys: readonly Key[]): Promise<() => readonly (Item | undefined)[]> => {
    const missing = keys.filter((key) => !staged.has(nameOf(key)));
    const read = missing.length === 0 ? [] : await table.batchGet(missing);
    const stored = new Map(missing.map((key, index) => [nameOf(key), read[index]]));
    return () =>
      keys.map(nameOf).map((name) => (staged.get(name) ?? { item: stored.get(name) }).item);
  };
  const apply = async (writes: readonly Write[]): Promise<Applied> => {
    if (new Set(writes.map((write) => nameOf(keyOf(write)))).size !== writes.length) {
      throw invalid('item_written_twice', 'Each write must be to another item.');
    }
    const before = (await view(writes.map(keyOf)))();
    const refusals = writes.map((write, at) => {
      const item = before[at];
      if (write.if === undefined || holds(write.if, item)) return undefined;
      return item === undefined ? {} : { item };
    });
    if (refusals.some((refusal) => refusal !== undefined)) return { ok: false, refusals };
    const made = writes.map((write, at): readonly [string, Staged] => {
      const name = nameOf(keyOf(write));
      return [name, stagedAfter(write, before[at], staged.get(name))];
    });
    for (const [name, entry] of made) staged.set(name, entry);
    return { ok: true, items: made.map(([, { item }]) => item) };
  };
  const batchGet: Table['batchGet'] = async (keys) => (await view(keys))();
  const write = async (one: Write): Promise<WriteOutcome> => {
    if (isAside(one)) return table.write(one);
    const outcome = await apply([one]);
    if (!outcome.ok) return { ok: false, ...outcome.refusals[0] };
    const [item] = outcome.items;
    return one.kind === 'update' && item !== undefined ? { ok: true, item } : { ok: true };
  };
  return {
    get: async (key) => (await batchGet([key]))[0],
    batchGet,
    async query(query) {
      const own = [...staged.values()].filter(({ key }) => key.pk === query.pk);
      if (query.index !== undefined || own.length === 0) return table.query(query);
      return laidOver(query, await readAll(table, query), own);
    },
    write,
    async transact(writes) {
      const outcome = await apply(writes);
      return outcome.ok ? { ok: true } : outcome;
    },
    bulk: async (writes) => void (writes.length > 0 && (await apply(writes))),
    creates: (key) =>
      staged.get(nameOf(key))?.conditions.some((each) => each === itemMissing) === true,
    commit: (unreachable = () => false) => commitAll(table, [...staged.values()], unreachable),
  };
}
