import { type Context, requireSystem } from '#kernel/context.ts';
import type { Item } from '#kernel/table.ts';
import { roomOf } from '../claim/slots.ts';
import type { Job } from '../job.ts';
import { wakeWorker } from './send.ts';
import { waitingGroups, waitingOf } from './waiting.ts';

/** Whoever queued a job has sent its message by then, unless that failed. */
const UNSENT_MS = 10_000;
/** Of one group in one look: more messages than workers may start at once are not missed. */
const MAX_OF_GROUP = 100;

/** Jobs that wait and could start, of each group the first. */
async function startable(ctx: Context, pool: string): Promise<readonly Item[]> {
  const all: Item[] = [];
  for (const groupId of await waitingGroups(ctx, pool)) {
    const most = Math.min(MAX_OF_GROUP, await roomOf(ctx, groupId));
    if (most >= 1) all.push(...(await waitingOf(ctx, pool, groupId, most)));
  }
  return all;
}

/**
 * Sends messages where fewer are on their way than jobs wait, and one waits for longer than its message takes:
 * one was never sent, or got lost, or stood for a job whose group had no room then. One too many does no
 * harm. Returns how many it sent.
 */
export async function topUpMessages(ctx: Context, pool: string): Promise<number> {
  requireSystem(ctx);
  const jobs = await startable(ctx, pool);
  const since = ctx.clock.now() - UNSENT_MS;
  if (!jobs.some(({ snapshotOn }) => Number(snapshotOn) <= since)) return 0;
  const oldest = jobs.toSorted((a, b) => Number(a.snapshotOn) - Number(b.snapshotOn));
  const missing = oldest.slice(0, Math.max(0, jobs.length - (await ctx.messages.backlog(pool))));
  let sent = 0;
  for (const job of missing) if (await wakeWorker(ctx, job as unknown as Job)) sent += 1;
  return sent;
}
