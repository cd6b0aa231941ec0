import { type Context, requirePermission, type Target } from '#kernel/context.ts';
import { lastOfHighestStep, pointWrites } from './metric-writes.ts';
import { pointsOf, type StoredPoint } from './points.ts';
import { type NamedPoint, readLatest, runKeys } from './run.items.ts';
import { requireKey } from './schemas.ts';

/** A job, with the run that its metrics are kept in; without one they are kept by its id. */
export interface MetricOwner {
  readonly groupId: number;
  readonly jobId: number;
  readonly runId?: string;
}

const ownerOf = ({ runId, jobId }: MetricOwner): string => runId ?? `job:${jobId}`;

const targetOf = ({ groupId, jobId }: MetricOwner): Target => ({
  groupId,
  entity: 'job',
  lookup: { resource_id: jobId },
  jobId,
});

export interface JobMetric {
  readonly name: string;
  readonly value: number;
  readonly step: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
}

/** Clients may log any integers of 64 bits; times and steps of jobs end where dates and doubles do. */
const MAX_TIME = 8_640_000_000_000_000;
const within = (value: bigint, most: number): number =>
  Math.max(-most, Math.min(most, Number(value)));

const jobMetric = (name: string, point: Omit<NamedPoint, 'key'>): JobMetric => ({
  name,
  value: point.value,
  step: within(point.step, Number.MAX_SAFE_INTEGER),
  timestamp: within(point.timestamp, MAX_TIME),
});

/** Logs a metric of a job. A later value of the same step takes the place of the earlier one. */
export async function logJobMetric(
  ctx: Context,
  input: JobMetric & { readonly owner: MetricOwner },
): Promise<void> {
  requirePermission(ctx, 'write', targetOf(input.owner));
  requireKey(input.name, 'name', 'Metric name');
  const point: NamedPoint = {
    key: input.name,
    value: input.value,
    step: BigInt(input.step),
    timestamp: BigInt(input.timestamp),
  };
  const { fresh, others } = pointWrites(ctx, ownerOf(input.owner), [point], lastOfHighestStep);
  await Promise.all([
    ...(fresh.length > 0 ? [ctx.table.bulk(fresh)] : []),
    ...others.map((write) => ctx.table.write(write)),
  ]);
}

/** Of each metric the value of the highest step, by name. */
export async function latestJobMetrics(
  ctx: Context,
  owner: MetricOwner,
): Promise<readonly JobMetric[]> {
  requirePermission(ctx, 'read', targetOf(owner));
  const { items } = await ctx.table.query({
    pk: runKeys.partition(ownerOf(owner)),
    sk: { prefix: runKeys.everyLatest },
  });
  return items
    .map(readLatest)
    .map((point) => jobMetric(point.key, point))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Of equal steps the one that was written last. */
function lastOfEachStep(points: readonly StoredPoint[]): readonly StoredPoint[] {
  const steps = new Map<bigint, StoredPoint>();
  for (const point of points) {
    const other = steps.get(point.step);
    if (other === undefined || point.written >= other.written) steps.set(point.step, point);
  }
  return [...steps.values()].sort((a, b) => (a.step < b.step ? -1 : 1));
}

/** A page of the values of a metric by step, one for each step, and how many there are. */
export async function jobMetricHistory(
  ctx: Context,
  input: {
    readonly owner: MetricOwner;
    readonly name: string;
    readonly offset: number;
    readonly limit: number;
  },
): Promise<{ readonly rows: readonly JobMetric[]; readonly total: number }> {
  requirePermission(ctx, 'read', targetOf(input.owner));
  const { items } = await ctx.table.query({
    pk: runKeys.partition(ownerOf(input.owner)),
    sk: { prefix: runKeys.chunks(input.name) },
  });
  const points = lastOfEachStep(pointsOf(items));
  const rows = points.slice(input.offset, input.offset + input.limit);
  return { rows: rows.map((point) => jobMetric(input.name, point)), total: points.length };
}
