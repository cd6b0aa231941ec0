import type { PageRequest, ResourcePage } from '#domain/resources/index.ts';
import { type JobMetric, latestJobMetrics } from '#domain/tracking/index.ts';
import type { Context } from '#kernel/context.ts';
import { type Job, metricOwner } from './job.ts';
import { listExperimentJobs } from './list-jobs.ts';

export interface MetricsOfJob {
  readonly jobId: number;
  readonly metrics: readonly JobMetric[];
}

/** Jobs whose metrics are read at the same time. */
const AT_ONCE = 100;

/**
 * A page of the jobs of an experiment with the newest value of each of their metrics. One read of
 * each job's metrics, all in one round trip, costs less than a batch of their items would: those
 * of a job lie side by side and count together, one unit for each 4 KB.
 */
export async function listExperimentMetrics(
  ctx: Context,
  experimentId: number,
  request: PageRequest,
): Promise<ResourcePage<MetricsOfJob>> {
  const { rows, total } = await listExperimentJobs(ctx, experimentId, request);
  const shown: MetricsOfJob[] = [];
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    const some = rows.slice(from, from + AT_ONCE).map(async (row) => ({
      jobId: row.id,
      metrics: await latestJobMetrics(ctx, metricOwner(row as Job)),
    }));
    shown.push(...(await Promise.all(some)));
  }
  return { rows: shown, total };
}
