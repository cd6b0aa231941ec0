import { resourceKeys } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { key, pad, prefix } from '#kernel/keys.ts';
import { all, compare, type Item, itemMissing, put, remove, type Write } from '#kernel/table.ts';
import type { Job } from '../job.ts';
import { limitOf } from '../queue/limits.ts';
import { wakeWorker } from '../queue/send.ts';
import { waitingOf } from '../queue/waiting.ts';

/**
 * A group with a limit has so many places for running jobs, each an item that names the attempt in it. A
 * claim takes a free one in its transaction, so there are never more; a count would be wrong for good
 * once a process died between two writes.
 */
export interface Slot {
  readonly slot: number;
  readonly write: Write;
}

const slotKeys = {
  all: (groupId: number): string => `${prefix.slots}#${groupId}`,
  slot: (groupId: number, slot: number) => key(slotKeys.all(groupId), pad(slot)),
};

const holding = ({ jobId, attempt }: Item) =>
  all(compare('jobId', '=', jobId as number), compare('attempt', '=', attempt as number));

const numberOf = ({ sk }: Item): number => Number(sk);

/** Of a job that is deleted its worker hears with a heartbeat, and then takes its time to stop it. */
const isLeft = (row: Item, now: number): boolean =>
  row.deletedOn !== undefined && Number(row.leaseUntil ?? 0) <= now;

/** Places whose attempt is over, which whoever ended it did not live to give back. */
async function stale(ctx: Context, taken: readonly Item[]): Promise<readonly Item[]> {
  const rows = await ctx.table.batchGet(
    taken.map(({ jobId }) => resourceKeys.current(Number(jobId))),
  );
  const now = ctx.clock.now();
  return taken.filter((item, at) => {
    const row = rows[at];
    return row?.state !== 'started' || row.attempt !== item.attempt || isLeft(row, now);
  });
}

/** Places that are free, and those taken that are not. */
async function freeSlots(ctx: Context, groupId: number, limit: number) {
  const { items } = await ctx.table.query({ pk: slotKeys.all(groupId) });
  const left = items.length < limit ? [] : await stale(ctx, items);
  const used = new Set(items.map(numberOf));
  const never = Array.from({ length: limit }, (_, slot) => slot).filter((slot) => !used.has(slot));
  const room = Math.max(0, limit - (items.length - left.length));
  // Where a lower limit left attempts in places that are no more, only so many of the others may be
  // taken as there is room: those who ask at the same time then meet in them.
  return {
    room,
    never: never.slice(0, room),
    left: left.filter((item) => numberOf(item) < limit).slice(0, room),
  };
}

/** How many more jobs of a group may start; infinite where nothing limits it. */
export async function roomOf(ctx: Context, groupId: number): Promise<number> {
  const limit = await limitOf(ctx, groupId);
  return limit === undefined
    ? Number.POSITIVE_INFINITY
    : (await freeSlots(ctx, groupId, limit)).room;
}

const oneOf = <T>(ctx: Context, choices: readonly T[]): T | undefined =>
  choices[Math.floor(ctx.ids.fraction() * choices.length)];

/**
 * A place for an attempt of a job of the group, any of those that are free, so that claims seldom meet.
 * `undefined` where nothing limits the group, `full` where it has none left.
 */
export async function findSlot(
  ctx: Context,
  { id, groupId }: Pick<Job, 'id' | 'groupId'>,
  attempt: number,
): Promise<Slot | 'full' | undefined> {
  const limit = await limitOf(ctx, groupId);
  if (limit === undefined) return undefined;
  const { room, never, left } = await freeSlots(ctx, groupId, limit);
  const [fresh, old] = [oneOf(ctx, never), oneOf(ctx, left)];
  if (room === 0) return 'full';
  const slot = fresh ?? (old === undefined ? undefined : numberOf(old));
  if (slot === undefined) return 'full';
  const free = fresh === undefined && old !== undefined ? holding(old) : itemMissing;
  const item = { ...slotKeys.slot(groupId, slot), jobId: id, attempt };
  return { slot, write: put(item, free) };
}

/** Gives the place of an attempt that ended back, and wakes a worker up for the next job of the group. */
export function freeSlot(ctx: Context, job: Job): void {
  const { slot, groupId, id, attempt } = job;
  if (slot === undefined) return;
  const free = remove(slotKeys.slot(groupId, slot), holding({ jobId: id, attempt } as never));
  ctx.defer(ctx.table.write(free).then(() => wakeNext(ctx, job)));
}

/** Of the same pool if one waits there. */
async function wakeNext(ctx: Context, { pool, groupId }: Job): Promise<void> {
  const others = ctx.settings.pools.map(({ name }) => name).filter((name) => name !== pool);
  for (const each of [pool, ...others]) {
    const [next] = await waitingOf(ctx, each, groupId, 1);
    if (next === undefined) continue;
    await wakeWorker(ctx, next as unknown as Job);
    return;
  }
}
