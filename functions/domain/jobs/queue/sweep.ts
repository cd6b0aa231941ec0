import { type Context, requireSystem } from '#kernel/context.ts';
import { pad } from '#kernel/keys.ts';
import { all, compare, type Key } from '#kernel/table.ts';
import { dropDeleted, handleLostWorker } from '../end/requeue.ts';
import { type Job, readJob } from '../job.ts';
import { isSent, lookLater, sendJob } from './send.ts';

/** Most jobs that one sweep looks at; the next sweep goes on. */
const MAX_JOBS = 500;

export interface SweepReport {
  /** Messages sent: of jobs whose message was never sent or may have got lost. */
  readonly sent: number;
  /** Jobs taken from workers that stopped renewing their lease. */
  readonly lost: number;
}

/** What an overdue job needs. */
async function sweepJob(ctx: Context, job: Job, now: number): Promise<'sent' | 'lost' | undefined> {
  requireSystem(ctx);
  if (job.deletedOn !== undefined) {
    await dropDeleted(ctx, job);
    return undefined;
  }
  if (job.state === 'queued' && isSent(job, now)) {
    await lookLater(ctx, job);
    return undefined;
  }
  if (job.state === 'queued') return (await sendJob(ctx, job)) ? 'sent' : undefined;
  if (job.state !== 'started' || (job.leaseUntil ?? 0) > now) return undefined;
  const expired = all(
    compare('state', '=', 'started'),
    compare('attempt', '=', job.attempt),
    compare('leaseUntil', '<=', now),
  );
  return (await handleLostWorker(ctx, job, expired)) ? 'lost' : undefined;
}

/**
 * The platform's broom, run each minute (more often on one machine): sends what was stored
 * but not sent, and requeues or fails what lost its worker. Running it twice at once is fine:
 * each job changes under a condition.
 */
export async function sweepJobs(ctx: Context): Promise<SweepReport> {
  requireSystem(ctx);
  const now = ctx.clock.now();
  const page = await ctx.table.query({
    index: 'gsi1',
    pk: 'DUE',
    sk: { to: `${pad(now)}#~` },
    limit: MAX_JOBS,
  });
  const report = { sent: 0, lost: 0 };
  for (const key of page.items) {
    try {
      const done = await sweepOne(ctx, key, now);
      if (done !== undefined) report[done] += 1;
    } catch (error) {
      // One job that cannot be swept must not keep the others waiting.
      const message = error instanceof Error ? error.message : String(error);
      ctx.log.error('sweep_failed', { job: key.pk, message });
    }
  }
  return report;
}

async function sweepOne(ctx: Context, { pk, sk }: Key, now: number) {
  // The index lags behind: the row itself says how things are.
  const item = await ctx.table.get({ pk, sk });
  const dueOn = (item?.dueOn as number | undefined) ?? Number.POSITIVE_INFINITY;
  if (item === undefined || dueOn > now) return undefined;
  return sweepJob(ctx, await readJob(ctx, item), now);
}
