import { afterWrite, changeWrites, requireMatch, resourceTag } from '#domain/resources/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { unavailable } from '#kernel/errors.ts';
import { tellDependants } from '../dependencies/settle.ts';
import { due, getJob, type Job, jobKind } from '../job.ts';
import { NOT_WAITING } from '../queue/waiting.ts';

const MAX_TRIES = 10;

/**
 * Deletes a job: it never starts, its worker is told to stop, and jobs that depend on it fail. Throws
 * `not_found`, `forbidden`.
 */
export async function deleteJob(
  ctx: Context,
  input: { readonly jobId: number; readonly experimentId?: number },
): Promise<void> {
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    const job = await getJob(ctx, input.jobId, input.experimentId);
    const lookup = { job_id: job.id };
    requirePermission(ctx, 'write', { groupId: job.groupId, entity: 'job', lookup });
    requireMatch(ctx, resourceTag(jobKind, job));
    const now = ctx.clock.now();
    const after: Job = { ...job, revision: job.revision + 1, deletedOn: now };
    const { writes } = await changeWrites(ctx, jobKind, job, after, {
      // Whoever waits for its end is told after this, by the sweeper at the latest.
      ...(job.awaited === true ? { extra: due(job.id, now) } : {}),
      removeExtra: [...NOT_WAITING],
    });
    const outcome = await ctx.table.transact(writes);
    if (!outcome.ok) continue;
    afterWrite(ctx, jobKind, after);
    tellDependants(ctx, after);
    return;
  }
  throw unavailable('The job is being changed by others; try again.');
}
