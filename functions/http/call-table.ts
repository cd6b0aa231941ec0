import {
  isAside,
  type Table,
  type TransactOutcome,
  type Write,
  type WriteOutcome,
} from '#kernel/table.ts';

/** What goes with the first change that a call makes, into its transaction. */
export interface Companions {
  /** Writes for the transaction; throws when the call must not change anything. */
  readonly writes: (change: readonly Write[]) => readonly Write[];
  /** One of them was refused, so nothing was done: what to throw. */
  readonly refused: () => Error;
}

/** The table as one call sees it. */
export interface CallTable extends Table {
  /** Whether the call has changed anything. */
  readonly isChanged: () => boolean;
  /** Whatever is written from here on is the platform's own tidying up. */
  readonly close: () => void;
}

type State = 'open' | 'changed' | 'closed';

/** One task after the other. */
function oneByOne() {
  let turn: Promise<unknown> = Promise.resolve();
  return <T>(act: () => Promise<T>): Promise<T> => {
    const mine = turn.then(act);
    turn = mine.catch(() => undefined);
    return mine;
  };
}

/** The transaction of a change with its companions. */
async function withCompanions(
  table: Table,
  { writes, refused }: Companions,
  change: readonly Write[],
): Promise<TransactOutcome> {
  const outcome = await table.transact([...change, ...writes(change)]);
  if (outcome.ok) return outcome;
  if (outcome.refusals.slice(change.length).some((each) => each !== undefined)) throw refused();
  return { ok: false, refusals: outcome.refusals.slice(0, change.length) };
}

/** What a single write says of itself after it was done in a transaction, which does not tell what an update made. */
async function outcomeOf(table: Table, write: Write, done: TransactOutcome): Promise<WriteOutcome> {
  if (!done.ok) return { ok: false, ...done.refusals[0] };
  const item = write.kind === 'update' ? await table.get(write.key) : undefined;
  return item === undefined ? { ok: true } : { ok: true, item };
}

/**
 * A table that sends companions along with the first change of a call: they are there exactly when
 * that is done. A single write becomes a transaction by it; what is written aside is no change.
 */
export function callTable(table: Table, companions: Companions): CallTable {
  let state: State = 'open';
  const next = oneByOne();
  /** Changes that start at once wait for the first: whether that was refused decides what they are. */
  const first = <T>(plain: () => Promise<T>, asFirst: () => Promise<T>): Promise<T> =>
    state === 'open' ? next(() => (state === 'open' ? asFirst() : plain())) : plain();
  const begin = async (change: readonly Write[]): Promise<TransactOutcome> => {
    const outcome = await withCompanions(table, companions, change);
    if (outcome.ok) state = 'changed';
    return outcome;
  };
  return {
    get: (...call) => table.get(...call),
    batchGet: (...call) => table.batchGet(...call),
    query: (...call) => table.query(...call),
    transact: (writes) =>
      first(
        () => table.transact(writes),
        () => begin(writes),
      ),
    write: (write) => {
      const plain = () => table.write(write);
      if (isAside(write)) return plain();
      return first(plain, async () => outcomeOf(table, write, await begin([write])));
    },
    // Nothing leads to what is written so, or it may be written twice: no change by itself.
    bulk: (writes) => table.bulk(writes),
    isChanged: () => state === 'changed',
    close: () => {
      if (state === 'open') state = 'closed';
    },
  };
}
