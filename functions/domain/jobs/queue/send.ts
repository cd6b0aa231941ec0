import type { Context } from '#kernel/context.ts';
import type { Job } from '../job.ts';
import type { RunJob } from '../protocol.ts';

/**
 * For so long after a nudge a process sends none for the same pool: the launcher's last look comes
 * later, so it sees whatever was sent meanwhile.
 */
export const NUDGE_SECONDS = 2;
/** A message waits at most so long before it is delivered. */
const MAX_DELAY_SECONDS = 900;

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
 * Wakes a worker of a managed pool up for a job that waits; the transaction that says so is done. A
 * failure is logged: the sweeper sees to it that what waits has messages enough.
 */
export async function wakeWorker(
  ctx: Context,
  job: Pick<Job, 'id' | 'pool' | 'external' | 'attempt'>,
  delaySeconds = 0,
): Promise<boolean> {
  if (job.external) return false;
  const message: RunJob = { version: 1, jobId: job.id, attempt: job.attempt + 1 };
  const delay = Math.min(Math.ceil(delaySeconds), MAX_DELAY_SECONDS);
  try {
    await ctx.messages.send(job.pool, JSON.stringify(message), { delaySeconds: delay });
  } catch (error) {
    ctx.log.error('send_failed', {
      jobId: job.id,
      message: error instanceof Error ? error.message : String(error),
    });
    return false;
  }
  if (delay === 0) nudgeLauncher(ctx, job.pool);
  return true;
}
