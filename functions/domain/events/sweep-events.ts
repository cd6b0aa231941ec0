import { type Context, requireSystem } from '#kernel/context.ts';
import { firstMark } from './compact.ts';
import { EVENTS_QUEUE } from './parcel.ts';

/** So many messages are another writer's work. */
const MESSAGES_A_WRITER = 2_000;
const MAX_WRITERS = 4;
/**
 * Where nothing was stored lately, a process that has found the queue empty looks again after so long: who
 * ingests starts a writer by itself, and each look is billed.
 */
const IDLE_SECONDS = 290;
const IDLE = 'events:idle';

async function writersFor(ctx: Context, isIdle: boolean): Promise<number> {
  if (isIdle && ctx.cache.get(IDLE) !== undefined) return 0;
  const backlog = await ctx.messages.backlog(EVENTS_QUEUE);
  if (backlog === 0) ctx.cache.set(IDLE, true, IDLE_SECONDS);
  return Math.min(MAX_WRITERS, Math.ceil(backlog / MESSAGES_A_WRITER));
}

/** Starts what has something to do: writers while messages wait, a compactor when marks are due. Returns how many. */
export async function sweepEvents(ctx: Context): Promise<number> {
  requireSystem(ctx);
  const mark = await firstMark(ctx);
  const writers = await writersFor(ctx, mark === undefined);
  const starts = Array.from({ length: writers }, (_, slot) =>
    ctx.background.start('store-events', { slot }),
  );
  if (mark !== undefined && mark.dueOn <= ctx.clock.now()) {
    starts.push(ctx.background.start('compact-events', { task: 'compact-events' }));
  }
  await Promise.all(starts);
  return starts.length;
}
