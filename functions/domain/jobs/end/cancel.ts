import { requireMatch, resourceKeys, resourceTag } from '#domain/resources/index.ts';
import { actorName, type Context, requirePermission } from '#kernel/context.ts';
import { conflict, unavailable } from '#kernel/errors.ts';
import { all, compare, missing, update } from '#kernel/table.ts';
import { changeJob } from '../change-job.ts';
import { tellDependants } from '../dependencies/settle.ts';
import { cancelMessage, getJob, isUnsettled, type Job, jobKind } from '../job.ts';
import { lineWrites } from '../log/log.ts';

/** Its row and its log are written by whoever runs the job, too. */
const MAX_TRIES = 10;

/**
 * Marks the job of a worker that holds it: from then on its attempt can only end as cancelled. The
 * revision rises, so that whatever else was about to change the job looks at it again.
 */
async function askWorker(ctx: Context, job: Job): Promise<Job | undefined> {
  const outcome = await ctx.table.write(
    update(
      resourceKeys.current(job.id),
      { set: { cancelOn: ctx.clock.now(), cancelledBy: actorName(ctx) }, add: { revision: 1 } },
      all(
        compare('revision', '=', job.revision),
        compare('state', '=', 'started'),
        missing('deletedOn'),
      ),
    ),
  );
  return outcome.ok ? { ...job, ...(outcome.item as unknown as Job), data: job.data } : undefined;
}

/** Ends a job that no worker of ours holds. */
async function endNow(ctx: Context, job: Job): Promise<Job | undefined> {
  const message = cancelMessage({ cancelledBy: actorName(ctx) });
  const cancelled = await changeJob(ctx, job, {
    status: 'failed',
    reason: 'cancelled',
    row: { endedOn: ctx.clock.now(), message },
    remove: ['held'],
    if: missing('deletedOn'),
    more: await lineWrites(ctx, job, { severity: 'WARNING', message }),
  });
  if (cancelled !== undefined) tellDependants(ctx, cancelled);
  return cancelled;
}

/**
 * Cancels a job. One that waits never starts; one that a worker holds is stopped by it, which hears of
 * it within a heartbeat; one that was started from outside ends at once, and whoever runs it learns so
 * by its next report. Of a cancel and an end that meet exactly one counts. Throws `conflict`
 * (`job_ended`).
 */
export async function cancelJob(
  ctx: Context,
  input: { readonly jobId: number; readonly experimentId?: number },
): Promise<Job> {
  for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
    const job = await getJob(ctx, input.jobId, input.experimentId);
    const lookup = { job_id: job.id };
    requirePermission(ctx, 'write', { groupId: job.groupId, entity: 'job', lookup });
    requireMatch(ctx, resourceTag(jobKind, job));
    if (!isUnsettled(job.state)) {
      throw conflict('job_ended', `The job has ended already: it is ${job.state}.`, lookup);
    }
    if (job.cancelOn !== undefined) return job;
    const isHeld = job.state === 'started' && job.lease !== undefined;
    const cancelled = await (isHeld ? askWorker(ctx, job) : endNow(ctx, job));
    if (cancelled !== undefined) return cancelled;
  }
  throw unavailable('The job is being changed by others; try again.');
}
