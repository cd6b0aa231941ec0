import { takesNumbers } from '#kernel/counters.ts';
import type { Table, TransactOutcome, Write } from '#kernel/table.ts';

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

/** Some of a bulk that fit into one transaction with what goes along. */
const BULK_IN_TRANSACTION = 50;

/**
 * A table that sends companions along with the first change of a call: they are there exactly when
 * that is done. A single write becomes a transaction by it; taking numbers is no change.
 */
export function callTable(table: Table, companions: Companions): CallTable {
  let state: 'open' | 'changed' | 'closed' = 'open';
  let turn: Promise<unknown> = Promise.resolve();
  // Changes that start at once wait for the first: whether that was refused decides what they are.
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    if (state !== 'open') return act();
    const mine = turn.then(act);
    turn = mine.catch(() => undefined);
    return mine;
  };
  const transact = async (writes: readonly Write[]): Promise<TransactOutcome> => {
    if (state !== 'open') return table.transact(writes);
    const outcome = await table.transact([...writes, ...companions.writes(writes)]);
    if (outcome.ok) {
      state = 'changed';
      return outcome;
    }
    if (outcome.refusals.slice(writes.length).some((each) => each !== undefined)) {
      throw companions.refused();
    }
    return { ok: false, refusals: outcome.refusals.slice(0, writes.length) };
  };
  return {
    get: (...call) => table.get(...call),
    batchGet: (...call) => table.batchGet(...call),
    query: (...call) => table.query(...call),
    transact: (writes) => inTurn(() => transact(writes)),
    write: (write) =>
      takesNumbers(write)
        ? table.write(write)
        : inTurn(async () => {
            if (state !== 'open' || write.kind === 'check') return table.write(write);
            const outcome = await transact([write]);
            if (!outcome.ok) return { ok: false, ...outcome.refusals[0] };
            // Transactions do not tell what an update made of the item.
            const item = write.kind === 'update' ? await table.get(write.key) : undefined;
            return item === undefined ? { ok: true } : { ok: true, item };
          }),
    bulk: (writes) =>
      inTurn(async () => {
        if (state !== 'open') return table.bulk(writes);
        await transact(writes.slice(0, BULK_IN_TRANSACTION));
        await table.bulk(writes.slice(BULK_IN_TRANSACTION));
      }),
    isChanged: () => state === 'changed',
    close: () => {
      if (state === 'open') state = 'closed';
    },
  };
}
