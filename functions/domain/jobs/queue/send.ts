import { resourceKeys } from '#domain/resources/index.ts';
import { type Context, requireSystem } from '#kernel/context.ts';
import { all, compare, missing, update } from '#kernel/table.ts';
import { due, type Job, RESEND_SECONDS } from '../job.ts';
import type { RunJob } from '../protocol.ts';

/**
 * For so long after a nudge a process sends none for the same pool: the launcher's last look comes
 * later, so it sees whatever was sent meanwhile.
 */
export const NUDGE_SECONDS = 2;

/** Has the launcher look whether the pool has workers enough; each minute it looks anyway. */
function nudgeLauncher(ctx: Context, pool: string): void {
  const nudged = `nudged:${pool}`;
  if (ctx.cache.get(nudged) !== undefined) return;
  ctx.cache.set(nudged, true, NUDGE_SECONDS);
  const started = ctx.background.start('launch', { pool }).catch((error: unknown) => {
    ctx.cache.delete(nudged);
    throw error;
  });
  ctx.defer(started);
}

const later = (id: number, sentOn: number) => due(id, sentOn + RESEND_SECONDS * 1000);

const stillQueued = (job: Pick<Job, 'attempt'>) =>
  all(compare('state', '=', 'queued'), compare('attempt', '=', job.attempt), missing('held'));

/** Whether a job is due although its message is sent, and not long ago: when it was queued. */
export const isSent = (job: Job, now: number): boolean =>
  job.sentFor === job.attempt + 1 && now < job.snapshotOn + RESEND_SECONDS * 1000;

/** Looks at a job again when its message must have got lost. The sweeper does it for what is sent. */
export async function lookLater(ctx: Context, job: Job): Promise<void> {
  requireSystem(ctx);
  const changes = { set: later(job.id, job.snapshotOn), remove: ['sentFor'] };
  await ctx.table.write(update(resourceKeys.current(job.id), changes, stillQueued(job)));
}

/**
 * Sends the message of a queued job whose transaction is done; the verb that queued it has
 * asked for permission. A failure is logged and left to the sweeper. With `markOnly` the row tells that
 * it is sent, and the sweeper looks later at what still waits then: most jobs do not, and moving an index entry costs more.
 */
export async function sendJob(
  ctx: Context,
  job: Pick<Job, 'id' | 'pool' | 'attempt'>,
  { markOnly = false }: { readonly markOnly?: boolean } = {},
): Promise<boolean> {
  const message: RunJob = { version: 1, jobId: job.id, attempt: job.attempt + 1 };
  try {
    await ctx.messages.send(job.pool, JSON.stringify(message));
  } catch (error) {
    ctx.log.error('send_failed', {
      jobId: job.id,
      message: error instanceof Error ? error.message : String(error),
    });
    return false;
  }
  nudgeLauncher(ctx, job.pool);
  const set = markOnly ? { sentFor: job.attempt + 1 } : later(job.id, ctx.clock.now());
  ctx.defer(ctx.table.write(update(resourceKeys.current(job.id), { set }, stillQueued(job))));
  return true;
}
