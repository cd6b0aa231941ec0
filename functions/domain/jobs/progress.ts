import { resourceKeys } from '#domain/resources/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { conflict } from '#kernel/errors.ts';
import { all, compare, missing, update } from '#kernel/table.ts';
import { getJob, type Job, jobTarget } from './job.ts';
import type { Progress } from './protocol.ts';

/** What the row of a job holds of it. */
export const progressRow = (ctx: Pick<Context, 'clock'>, { fraction, message }: Progress) => ({
  fraction,
  message,
  on: ctx.clock.now(),
});

/**
 * Notes how far a started job is, as whoever runs it says; the last word stays. Throws `not_found`,
 * `conflict` (`job_not_started`).
 */
export async function reportProgress(
  ctx: Context,
  input: { readonly jobId: number; readonly experimentId?: number; readonly progress: Progress },
): Promise<Job> {
  const job = await getJob(ctx, input.jobId, input.experimentId);
  requirePermission(ctx, 'write', jobTarget(job));
  const progress = progressRow(ctx, input.progress);
  const outcome = await ctx.table.write(
    update(
      resourceKeys.current(job.id),
      { set: { progress } },
      all(compare('state', '=', 'started'), missing('deletedOn')),
    ),
  );
  if (!outcome.ok) {
    const message = 'progress: only a job that is started can be on its way.';
    throw conflict('job_not_started', message, { job_id: job.id });
  }
  return { ...job, progress };
}
