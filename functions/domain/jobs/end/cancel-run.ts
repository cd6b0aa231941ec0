import { getRun } from '#domain/tracking/index.ts';
import type { Context } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import { getJob, isUnsettled, ownRunOf } from '../job.ts';
import { cancelJob } from './cancel.ts';

/**
 * Cancels the job whose attempt the run is now: who kills a run wants its program to stop. To runs of
 * no job, and of attempts that have ended, nothing happens. Throws `not_found`, and `forbidden` where the
 * caller may not write the job.
 */
export async function cancelJobOfRun(ctx: Context, runId: string): Promise<void> {
  const { jobId } = (await getRun(ctx, runId)).run;
  if (jobId === undefined) return;
  const job = await getJob(ctx, jobId);
  if (ownRunOf(job) !== runId || !isUnsettled(job.state)) return;
  try {
    await cancelJob(ctx, { jobId });
  } catch (error) {
    // It ended in between, which is what was wanted.
    if (!(error instanceof AppError) || error.reason !== 'job_ended') throw error;
  }
}
