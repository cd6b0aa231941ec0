import { requireMatch, resourceTag } from '#domain/resources/index.ts';
import { actorName, type Context, requirePermission } from '#kernel/context.ts';
import { conflict, unavailable } from '#kernel/errors.ts';
import { missing } from '#kernel/table.ts';
import { changeJob } from '../change-job.ts';
import { getJob, type Job, jobKind } from '../job.ts';
import { lineWrites } from '../log/log.ts';
import { queuePlace } from '../queue/place.ts';
import { wakeWorker } from '../queue/send.ts';

const MAX_TRIES = 10;

async function queueOnce(ctx: Context, job: Job): Promise<Job | undefined> {
  const { row, ...place } = queuePlace(ctx, job.data);
  const message = `${actorName(ctx)} asked for another attempt.`;
  return changeJob(ctx, job, {
    status: 'queued',
    row: { lost: 0, retried: 0, pending: 0, ...row },
    remove: ['held', 'endedOn', 'endedLease', 'message', 'cancelOn', 'cancelledBy', 'progress'],
    ...place,
    if: missing('deletedOn'),
    more: await lineWrites(ctx, job, { severity: 'INFO', message }),
  });
}

/**
 * Queues a job once more that failed, or that a reset holds: with all its attempts again, and without
 * waiting for what it depends on. Throws `conflict` (`job_not_failed`) for any other.
 */
export async function retryJob(
  ctx: Context,
  input: { readonly jobId: number; readonly experimentId?: number },
): Promise<Job> {
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    const job = await getJob(ctx, input.jobId, input.experimentId);
    const lookup = { job_id: job.id };
    requirePermission(ctx, 'write', { groupId: job.groupId, entity: 'job', lookup });
    requireMatch(ctx, resourceTag(jobKind, job));
    if (job.state !== 'failed' && job.held !== true) {
      const message = `Only a job that failed can be tried again: this one is ${job.state}.`;
      throw conflict('job_not_failed', message, lookup);
    }
    const queued = await queueOnce(ctx, job);
    if (queued === undefined) continue;
    await wakeWorker(ctx, queued);
    return queued;
  }
  throw unavailable('The job is being changed by others; try again.');
}
