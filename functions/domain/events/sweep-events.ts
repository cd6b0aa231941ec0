import { type Context, requireSystem } from '#kernel/context.ts';
import { dueMarks } from './compact.ts';
import { EVENTS_QUEUE } from './parcel.ts';

/** So many messages are another writer's work. */
const MESSAGES_A_WRITER = 2_000;
const MAX_WRITERS = 4;

/** Starts what has something to do: writers while messages wait, a compactor when marks are due. Returns how many. */
export async function sweepEvents(ctx: Context): Promise<number> {
  requireSystem(ctx);
  const [backlog, due] = await Promise.all([ctx.messages.backlog(EVENTS_QUEUE), dueMarks(ctx, 1)]);
  const writers = Math.min(MAX_WRITERS, Math.ceil(backlog / MESSAGES_A_WRITER));
  const starts = Array.from({ length: writers }, (_, slot) =>
    ctx.background.start('store-events', { slot }),
  );
  if (due.length > 0)
    starts.push(ctx.background.start('compact-events', { task: 'compact-events' }));
  await Promise.all(starts);
  return starts.length;
}
