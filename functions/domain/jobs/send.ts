import { resourceKeys } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { all, compare, missing, update } from '#kernel/table.ts';
import { due, type Job, RESEND_SECONDS } from './job.ts';
import type { RunJob } from './protocol.ts';

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

/**
 * Sends the message of a queued job whose transaction is done; the verb that queued it has
 * asked for permission. A failure is logged and left to the sweeper.
 */
export async function sendJob(
  ctx: Context,
  job: Pick<Job, 'id' | 'pool' | 'attempt'>,
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
  const later = due(job.id, ctx.clock.now() + RESEND_SECONDS * 1000);
  const stillQueued = all(
    compare('state', '=', 'queued'),
    compare('attempt', '=', job.attempt),
    missing('held'),
  );
  ctx.defer(ctx.table.write(update(resourceKeys.current(job.id), { set: later }, stillQueued)));
  return true;
}
