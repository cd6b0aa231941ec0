import { type SweepReport, sweepJobs } from '#domain/jobs/index.ts';
import { sweepRuns } from '#domain/tracking/index.ts';
import type { Context } from '#kernel/context.ts';

/** Everything that the platform's broom looks after; one kind that fails does not stop another. */
export async function sweepAll(ctx: Context): Promise<SweepReport & { readonly settled: number }> {
  const [jobs, settled] = await Promise.allSettled([sweepJobs(ctx), sweepRuns(ctx)]);
  for (const outcome of [jobs, settled]) {
    if (outcome.status === 'rejected') ctx.log.error('sweep', { message: String(outcome.reason) });
  }
  const none = { sent: 0, lost: 0 };
  return {
    ...(jobs.status === 'fulfilled' ? jobs.value : none),
    settled: settled.status === 'fulfilled' ? settled.value : 0,
  };
}
