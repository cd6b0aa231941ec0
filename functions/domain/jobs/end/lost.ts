import { resourceKeys } from '#domain/resources/index.ts';
import { seenEvenUnanswered } from '#domain/tracking/index.ts';
import { type Context, requireSystem, requireWorker } from '#kernel/context.ts';
import { unavailable } from '#kernel/errors.ts';
import { type Condition, exists, update } from '#kernel/table.ts';
import { freeSlot } from '../claim/slots.ts';
import { type Fence, heldBy, loadHeld } from '../fence.ts';
import { cancelMessage, type Job, NOT_DUE } from '../job.ts';
import { NOT_WAITING } from '../queue/waiting.ts';
import { mayTryAgain, spentAttempts } from './policy.ts';
import { failJob, killRun, queueAgain } from './requeue.ts';

const MAX_TRIES = 4;

/** A job that is to stop anyway is not queued again. */
const failCancelled = (ctx: Context, job: Job, held: Condition): Promise<boolean> =>
  failJob(ctx, job, { reason: 'cancelled', message: cancelMessage(job) }, held);

/** A deleted job needs nobody any more, whatever it was doing. */
export async function dropDeleted(ctx: Context, job: Job): Promise<void> {
  requireSystem(ctx);
  const drop = update(
    resourceKeys.current(job.id),
    { remove: ['lease', 'leaseUntil', 'tokenHash', 'slot', ...NOT_DUE, ...NOT_WAITING] },
    exists('deletedOn'),
  );
  const { runId } = job;
  if (job.state !== 'started' || runId === undefined) await ctx.table.write(drop);
  else {
    const run = { runId, experimentId: job.data.experiment.id };
    const kill = killRun(ctx, job, 'job_deleted');
    await seenEvenUnanswered(ctx, run, () => ctx.table.transact([drop, ...kill]));
  }
  freeSlot(ctx, job);
}

/** A worker that must stop gives its job back; that is not counted against the job. */
export async function releaseJob(ctx: Context, fence: Fence): Promise<void> {
  requireWorker(ctx);
  for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
    const job = await loadHeld(ctx, fence);
    const held = heldBy(fence);
    const isDone = await (job.cancelOn === undefined
      ? queueAgain(ctx, job, { why: 'worker_stopped', if: held })
      : failCancelled(ctx, job, held));
    if (isDone) return;
  }
  throw unavailable('The job is being changed by others; try again.');
}

/**
 * What becomes of a started job whose lease ended: queued again or, where its attempts are used up or it
 * was to be cancelled, failed. `false` when another write came between.
 */
export async function handleLostWorker(
  ctx: Context,
  job: Job,
  expired: Condition,
): Promise<boolean> {
  if (job.cancelOn !== undefined) return failCancelled(ctx, job, expired);
  if (mayTryAgain(job)) {
    return queueAgain(ctx, job, { why: 'worker_lost', charge: 'lost', if: expired });
  }
  const lost = job.lost + 1;
  const spent = spentAttempts({ ...job, lost });
  const message = spent > lost ? `${spent} attempts are used up.` : `${lost} workers were lost.`;
  return failJob(ctx, job, { reason: 'worker_lost', message, lost }, expired);
}
