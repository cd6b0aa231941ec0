import type { Context } from '#kernel/context.ts';
import { key, prefix, ttlOf } from '#kernel/keys.ts';
import { itemMissing, put, type Table } from '#kernel/table.ts';

/** What somebody was called when flags were evaluated for them first, for flags that go on with that. */
const firstKeys = (groupId: number, distinctId: string) =>
  key(`${prefix.project}#${groupId}#first_id#${distinctId}`, 'FIRST');

const KEPT_DAYS = 400;
/** Whoever has no first id yet may get one in another process. */
const UNKNOWN_SECONDS = 10;
const DAY = 86_400_000;

const keptAt = (groupId: number, distinctId: string): string =>
  `flags-first:${groupId}:${distinctId}`;

type Store = Pick<Context, 'table' | 'cache' | 'clock'>;

interface Person {
  readonly groupId: number;
  readonly distinctId: string;
  /** What the person was called before signing in, where the client says so. */
  readonly anonymousId?: string | undefined;
}

async function claim(store: Store, { groupId, distinctId }: Person, firstId: string) {
  const expiresOn = store.clock.now() + KEPT_DAYS * DAY;
  const item = { ...firstKeys(groupId, distinctId), firstId, ttl: ttlOf(expiresOn) };
  const outcome = await store.table.write(put(item, itemMissing));
  const there = outcome.ok ? firstId : outcome.item?.firstId;
  return typeof there === 'string' ? there : firstId;
}

async function find(table: Table, { groupId, distinctId }: Person): Promise<string | undefined> {
  const item = await table.get(firstKeys(groupId, distinctId), { eventual: true });
  return typeof item?.firstId === 'string' ? item.firstId : undefined;
}

/**
 * The id that a person's share of flags is worked out from: the first that was seen before they signed
 * in, and undefined where that is the id itself. It is written once a person (1 write unit) and read once a
 * process (half a read unit), and again each ten seconds for those who have none.
 */
export async function firstIdOf(store: Store, person: Person): Promise<string | undefined> {
  const { groupId, distinctId, anonymousId } = person;
  const at = keptAt(groupId, distinctId);
  const kept = store.cache.get<{ readonly firstId?: string }>(at);
  const isNew = anonymousId !== undefined && anonymousId !== distinctId;
  if (kept !== undefined && (kept.firstId !== undefined || !isNew)) return kept.firstId;
  const known = await find(store.table, person);
  const firstId = known ?? (isNew ? await claim(store, person, anonymousId) : undefined);
  if (firstId === undefined) store.cache.set(at, {}, UNKNOWN_SECONDS);
  else store.cache.set(at, { firstId }, DAY / 1000);
  return firstId;
}
