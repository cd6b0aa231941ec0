import { type SweepReport, sweepJobs } from '#domain/jobs/index.ts';
import { sweepRuns, sweepSilentRuns } from '#domain/tracking/index.ts';
import type { Context } from '#kernel/context.ts';
import { loadOnce } from '#kernel/load-once.ts';

/** What is seldom needed must not keep a server from its first answer, for which workers wait after a restart. */
const registry = loadOnce(() => import('#domain/registry/index.ts'));
const retention = loadOnce(() => import('#domain/retention/index.ts'));
const events = loadOnce(() => import('#domain/events/index.ts'));
const results = loadOnce(() => import('#domain/abtests/results/index.ts'));
const mlprojects = loadOnce(() => import('#domain/mlprojects/index.ts'));

interface Swept extends SweepReport {
  /** Runs whose index was brought up to date. */
  readonly settled: number;
  /** Runs that ended since nobody wrote them. */
  readonly silent: number;
  /** Deleted models of which nothing is left. */
  readonly purged: number;
  /** Runs and experiments that were removed for good. */
  readonly removed: number;
  /** Uploads of workflows that no job has used. */
  readonly unused: number;
  /** What was started for events that wait. */
  readonly eventTasks: number;
  /** Whether results wait to be worked out. */
  readonly recalculations: number;
}

/** Everything that the platform's broom looks after; one kind that fails does not stop another. */
export async function sweepAll(ctx: Context): Promise<Swept> {
  // What settles the index of a run must have ended before the run is removed with it.
  const settling = sweepRuns(ctx);
  const outcomes = await Promise.allSettled([
    sweepJobs(ctx),
    settling,
    sweepSilentRuns(ctx),
    registry().then(({ purgeModels }) => purgeModels(ctx)),
    settling
      .catch(() => undefined)
      .then(() => retention())
      .then(({ sweepRemovals }) => sweepRemovals(ctx)),
    mlprojects().then(({ sweepUploads }) => sweepUploads(ctx)),
    events().then(({ sweepEvents }) => sweepEvents(ctx)),
    results().then(({ sweepRecalculations }) => sweepRecalculations(ctx)),
  ]);
  const [jobs, settled, silent, purged, removed, unused, eventTasks, recalculations] = outcomes;
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') ctx.log.error('sweep', { message: String(outcome.reason) });
  }
  const none = { sent: 0, lost: 0 };
  return {
    ...(jobs.status === 'fulfilled' ? jobs.value : none),
    settled: settled.status === 'fulfilled' ? settled.value : 0,
    silent: silent.status === 'fulfilled' ? silent.value : 0,
    purged: purged.status === 'fulfilled' ? purged.value : 0,
    removed: removed.status === 'fulfilled' ? removed.value : 0,
    unused: unused.status === 'fulfilled' ? unused.value : 0,
    eventTasks: eventTasks.status === 'fulfilled' ? eventTasks.value : 0,
    recalculations: recalculations.status === 'fulfilled' ? recalculations.value : 0,
  };
}
