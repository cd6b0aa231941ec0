import { resourceKeys } from '#domain/resources/index.ts';
import { endRunWrites } from '#domain/tracking/index.ts';
import { type Context, requireSystem, requireWorker } from '#kernel/context.ts';
import { unavailable } from '#kernel/errors.ts';
import { type Condition, exists, update } from '#kernel/table.ts';
import { changeJob } from '../change-job.ts';
import { type Fence, heldBy, loadHeld } from '../fence.ts';
import {
  cancelMessage,
  due,
  type Job,
  MAX_LOST,
  NOT_DUE,
  UNSENT_SECONDS,
  waiting,
} from '../job.ts';
import { lineWrites } from '../log/log.ts';
import { sendJob } from '../queue/send.ts';

const MAX_TRIES = 4;
const UNLEASED = ['lease', 'leaseUntil', 'tokenHash'] as const;

const killRun = (ctx: Context, job: Job, why: string) =>
  job.runId === undefined
    ? []
    : endRunWrites(
        { runId: job.runId, experimentId: job.data.experiment.id },
        {
          status: 'KILLED',
          endTime: ctx.clock.now(),
          tags: [{ key: 'assay.reason', value: why }],
        },
      );

/** Puts a started job back into its queue; the next attempt has a run of its own. Whoever calls it has asked for permission. */
async function queueAgain(
  ctx: Context,
  job: Job,
  options: { readonly why: string; readonly lost: number; readonly if: Condition },
): Promise<boolean> {
  const wake = job.external
    ? waiting(job.id, job.pool)
    : due(job.id, ctx.clock.now() + UNSENT_SECONDS * 1000);
  const line = await lineWrites(ctx, job, {
    severity: 'WARNING',
    message: `Attempt ${job.attempt} ended (${options.why}); the job is queued again.`,
  });
  const queued = await changeJob(ctx, job, {
    data: { status: 'queued' },
    row: { lost: options.lost, ...wake },
    remove: [...UNLEASED, ...(job.external ? NOT_DUE : [])],
    if: options.if,
    more: [...killRun(ctx, job, options.why), ...line],
  });
  if (queued === undefined) return false;
  if (!job.external) await sendJob(ctx, queued);
  return true;
}

/** Ends a started job that no worker holds any more. Whoever calls it has asked for permission. */
async function fail(
  ctx: Context,
  job: Job,
  end: { readonly reason: string; readonly lost: number; readonly message: string },
  held: Condition,
): Promise<boolean> {
  const { reason, lost, message } = end;
  const text = `The job failed (${reason}: ${message.replace(/\.$/, '')}).`;
  const line = await lineWrites(ctx, job, { severity: 'ERROR', message: text });
  const failed = await changeJob(ctx, job, {
    data: { status: 'failed', reason },
    row: { lost, endedOn: ctx.clock.now(), message },
    remove: [...UNLEASED, 'cancelOn', ...NOT_DUE],
    if: held,
    more: [...killRun(ctx, job, reason), ...line],
  });
  return failed !== undefined;
}

/** A job that is to stop anyway is not queued again. */
const failCancelled = (ctx: Context, job: Job, held: Condition): Promise<boolean> =>
  fail(ctx, job, { reason: 'cancelled', lost: job.lost, message: cancelMessage(job) }, held);

/** A deleted job needs nobody any more, whatever it was doing. */
export async function dropDeleted(ctx: Context, job: Job): Promise<void> {
  requireSystem(ctx);
  await ctx.table.transact([
    update(
      resourceKeys.current(job.id),
      { remove: [...UNLEASED, ...NOT_DUE] },
      exists('deletedOn'),
    ),
    ...(job.state === 'started' ? killRun(ctx, job, 'job_deleted') : []),
  ]);
}

/** A worker that must stop gives its job back; that is not counted against the job. */
export async function releaseJob(ctx: Context, fence: Fence): Promise<void> {
  requireWorker(ctx);
  for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
    const job = await loadHeld(ctx, fence);
    const options = { why: 'worker_stopped', lost: job.lost, if: heldBy(fence) };
    const isDone = await (job.cancelOn === undefined
      ? queueAgain(ctx, job, options)
      : failCancelled(ctx, job, options.if));
    if (isDone) return;
  }
  throw unavailable('The job is being changed by others; try again.');
}

/**
 * What becomes of a started job whose lease ended: queued again or, after the third lost
 * worker or where it was to be cancelled, failed. `false` when another write came between.
 */
export async function handleLostWorker(
  ctx: Context,
  job: Job,
  expired: Condition,
): Promise<boolean> {
  if (job.cancelOn !== undefined) return failCancelled(ctx, job, expired);
  const lost = job.lost + 1;
  return lost < MAX_LOST
    ? queueAgain(ctx, job, { why: 'worker_lost', lost, if: expired })
    : fail(
        ctx,
        job,
        { reason: 'worker_lost', lost, message: `${lost} workers were lost.` },
        expired,
      );
}
