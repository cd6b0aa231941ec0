import { setTimeout as sleep } from 'node:timers/promises';
import type { Platform } from '#kernel/context.ts';
import { unavailable } from '#kernel/errors.ts';
import type { Query, QueryPage, Table } from '#kernel/table.ts';
import type { Dice } from './dice.ts';
import type { StoreRates } from './options.ts';

/** So old an answer of an index may be. */
export const STALE_MS = 2_000;
const LONGEST_DELAY_MS = 300;

/** Counts by kind and store, e.g. `lost table`. */
export type Counts = Record<string, number>;

export interface Faults {
  readonly counts: Counts;
  set(on: boolean): void;
}

interface Injector {
  readonly on: () => boolean;
  readonly dice: Dice;
  readonly rates: StoreRates;
  readonly count: (kind: string, store: string) => void;
}

/** One call of a port: refused, held up, or done without anybody learning of it, as the dice say. */
async function through<T>(injector: Injector, store: string, call: () => Promise<T>): Promise<T> {
  const { on, dice, rates, count } = injector;
  if (!on()) return call();
  if (dice.chance(rates.throttled)) {
    count('throttled', store);
    throw unavailable('The storm lets nothing through.', undefined, { throttled: true });
  }
  if (dice.chance(rates.slow)) {
    count('slow', store);
    await sleep(dice.between(20, LONGEST_DELAY_MS));
  }
  const done = await call();
  if (!dice.chance(rates.lost)) return done;
  count('lost', store);
  throw unavailable('The storm has lost the answer.');
}

/** Looks of the same kind; where one looks for what is due, every look is for another time. */
function lookOf({ index, pk, sk = {}, limit, order }: Query): string {
  const range = pk === 'DUE' ? Object.keys(sk) : sk;
  return JSON.stringify([index, pk, range, limit, order]);
}

/** An index that lags behind: answers of before come again. */
function lagging(injector: Injector, query: Table['query']): Table['query'] {
  const known = new Map<string, { readonly at: number; readonly page: QueryPage }>();
  return async (asked) => {
    if (asked.index === undefined || !injector.on()) return query(asked);
    const look = lookOf(asked);
    const before = known.get(look);
    const isUsable = before !== undefined && performance.now() - before.at < STALE_MS;
    if (isUsable && injector.dice.chance(injector.rates.stale)) {
      injector.count('stale', asked.index);
      return before.page;
    }
    const page = await query(asked);
    if (!isUsable) known.set(look, { at: performance.now(), page });
    return page;
  };
}

function faultyTable(injector: Injector, table: Table): Table {
  const pass = <T>(call: () => Promise<T>) => through(injector, 'table', call);
  const query = lagging(injector, (asked) => table.query(asked));
  return {
    get: (...call) => pass(() => table.get(...call)),
    batchGet: (...call) => pass(() => table.batchGet(...call)),
    query: (asked) => pass(() => query(asked)),
    write: (write) => pass(() => table.write(write)),
    transact: (writes) => pass(() => table.transact(writes)),
    bulk: (writes) => pass(() => table.bulk(writes)),
  };
}

/** Some calls of a port fail; the port may be one that loads late and has no members of its own. */
function faultyPort<P extends object>(
  injector: Injector,
  store: string,
  port: P,
  failing: readonly (keyof P)[],
): P {
  return new Proxy(port, {
    get(target, name) {
      const method = target[name as keyof P];
      if (typeof method !== 'function' || !failing.includes(name as keyof P)) return method;
      return (...given: unknown[]) =>
        through(injector, store, async () => method.apply(target, given));
    },
  });
}

/** The platform with stores that fail as the rates say while the faults are on. */
export function withFaults<P extends Platform>(
  platform: P,
  options: { readonly dice: Dice; readonly rates: StoreRates; readonly on: boolean },
): P & { readonly faults: Faults } {
  let { on } = options;
  const counts: Counts = {};
  const injector: Injector = {
    on: () => on,
    dice: options.dice,
    rates: options.rates,
    count(kind, store) {
      const name = `${kind} ${store}`;
      counts[name] = (counts[name] ?? 0) + 1;
    },
  };
  return {
    ...platform,
    table: faultyTable(injector, platform.table),
    messages: faultyPort(injector, 'messages', platform.messages, ['send', 'backlog']),
    blobs: faultyPort(injector, 'blobs', platform.blobs, ['put', 'get', 'head', 'list']),
    faults: {
      counts,
      set(next) {
        on = next;
      },
    },
  };
}
