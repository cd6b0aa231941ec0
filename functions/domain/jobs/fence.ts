import { resourceKeys } from '#domain/resources/index.ts';
import { type Context, requireWorker } from '#kernel/context.ts';
import { type AppError, conflict, notFound } from '#kernel/errors.ts';
import { all, type Condition, compare } from '#kernel/table.ts';
import { type Job, readJob } from './job.ts';

export interface Fence {
  readonly jobId: number;
  readonly attempt: number;
  readonly lease: string;
}

/** True of the job's row only while this attempt holds it. */
export const heldBy = ({ attempt, lease }: Fence): Condition =>
  all(
    compare('state', '=', 'started'),
    compare('attempt', '=', attempt),
    compare('lease', '=', lease),
  );

export const leaseLost = (jobId: number): AppError =>
  conflict('lease_lost', 'Another attempt has the job, or it ended; stop and discard.', {
    job_id: jobId,
  });

/** The job that a worker speaks of, of the worker's own pool. */
export async function loadForWorker(ctx: Context, jobId: number): Promise<Job> {
  const { pool } = requireWorker(ctx);
  const item = await ctx.table.get(resourceKeys.current(jobId));
  if (item === undefined || item.type !== 'job' || item.pool !== pool) {
    throw notFound('job', { job_id: jobId });
  }
  return readJob(ctx, item);
}

export const isHeld = (job: Job, { attempt, lease }: Fence): boolean =>
  job.deletedOn === undefined &&
  job.state === 'started' &&
  job.attempt === attempt &&
  job.lease === lease;

/** The job while this attempt holds it; throws `conflict` (`lease_lost`) otherwise. */
export async function loadHeld(ctx: Context, fence: Fence): Promise<Job> {
  const job = await loadForWorker(ctx, fence.jobId);
  if (!isHeld(job, fence)) throw leaseLost(fence.jobId);
  return job;
}
