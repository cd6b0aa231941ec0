import { endRunWrites } from '#domain/tracking/index.ts';
import type { Context } from '#kernel/context.ts';
import type { Condition } from '#kernel/table.ts';
import { changeJob } from '../change-job.ts';
import { tellDependants } from '../dependencies/settle.ts';
import type { Job } from '../job.ts';
import { lineWrites } from '../log/log.ts';
import { queuePlace } from '../queue/place.ts';
import { wakeWorker } from '../queue/send.ts';
import { backoffMs, spentAttempts } from './policy.ts';

export const killRun = (ctx: Context, { runId }: Job, why: string) =>
  runId === undefined
    ? []
    : endRunWrites(runId, {
        status: 'KILLED',
        endTime: ctx.clock.now(),
        tags: [{ key: 'assay.reason', value: why }],
      });

interface Again {
  readonly why: string;
  /** What counts against the job; nothing where it is not to blame. */
  readonly charge?: 'lost' | 'retried';
  readonly usage?: Job['usage'];
  readonly if: Condition;
}

/**
 * Puts a started job back into its queue, after a pause where its policy names one; the next attempt has
 * a run of its own. `false` when another write came between. Whoever calls it has asked for permission.
 */
export async function queueAgain(ctx: Context, job: Job, again: Again): Promise<boolean> {
  const { why, charge } = again;
  const counts = {
    lost: job.lost + (charge === 'lost' ? 1 : 0),
    retried: (job.retried ?? 0) + (charge === 'retried' ? 1 : 0),
  };
  const delayMs =
    charge === undefined ? 0 : backoffMs(job.data.retry, spentAttempts(counts), ctx.ids.fraction());
  const { row, ...place } = queuePlace(ctx, job.data, delayMs);
  const pause = delayMs === 0 ? '' : ` in ${Math.ceil(delayMs / 1000)} s`;
  const line = await lineWrites(ctx, job, {
    severity: 'WARNING',
    message: `Attempt ${job.attempt} ended (${why}); the job is queued again${pause}.`,
  });
  const usage = again.usage === undefined ? {} : { usage: again.usage };
  const queued = await changeJob(ctx, job, {
    status: 'queued',
    row: { ...counts, ...row, ...usage },
    ...place,
    if: again.if,
    runId: job.runId,
    more: [...killRun(ctx, job, why), ...line],
  });
  if (queued === undefined) return false;
  await wakeWorker(ctx, queued, delayMs / 1000);
  return true;
}

export interface Failure {
  readonly reason: string;
  readonly message: string;
  readonly lost?: number;
}

/**
 * Ends a job that no worker holds any more. `false` when another write came between. Whoever calls it has
 * asked for permission.
 */
export async function failJob(
  ctx: Context,
  job: Job,
  { reason, message, lost = job.lost }: Failure,
  condition: Condition,
): Promise<boolean> {
  const text = `The job failed (${reason}: ${message.replace(/\.$/, '')}).`;
  const line = await lineWrites(ctx, job, { severity: 'ERROR', message: text });
  const failed = await changeJob(ctx, job, {
    status: 'failed',
    reason,
    row: { lost, endedOn: ctx.clock.now(), message },
    remove: ['cancelOn'],
    if: condition,
    ...(job.state === 'started' ? { runId: job.runId } : {}),
    more: [...(job.state === 'started' ? killRun(ctx, job, reason) : []), ...line],
  });
  if (failed !== undefined) tellDependants(ctx, failed);
  return failed !== undefined;
}
