import { type SweepReport, sweepJobs } from '#domain/jobs/index.ts';
import { sweepRuns, sweepSilentRuns } from '#domain/tracking/index.ts';
import type { Context } from '#kernel/context.ts';

interface RunReport {
  /** Runs whose index was brought up to date. */
  readonly settled: number;
  /** Runs that ended since nobody wrote them. */
  readonly silent: number;
}

/** Everything that the platform's broom looks after; one kind that fails does not stop another. */
export async function sweepAll(ctx: Context): Promise<SweepReport & RunReport> {
  const [jobs, settled, silent] = await Promise.allSettled([
    sweepJobs(ctx),
    sweepRuns(ctx),
    sweepSilentRuns(ctx),
  ]);
  for (const outcome of [jobs, settled, silent]) {
    if (outcome.status === 'rejected') ctx.log.error('sweep', { message: String(outcome.reason) });
  }
  const none = { sent: 0, lost: 0 };
  return {
    ...(jobs.status === 'fulfilled' ? jobs.value : none),
    settled: settled.status === 'fulfilled' ? settled.value : 0,
    silent: silent.status === 'fulfilled' ? silent.value : 0,
  };
}
