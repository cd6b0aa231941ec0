import { type Context, requirePermission } from '#kernel/context.ts';
import { highestRank, pointWrites } from './metric-writes.ts';
import { historyPlace, MAX_INT64, MIN_INT64, type Point } from './ordered.ts';
import { type NamedPoint, pointsOf, runKeys } from './run.items.ts';
import { seenBySearches } from './run-index/lagging.ts';
import { invalidValue, requireKey } from './schemas.ts';
import { requireActive, runScope, targetOf } from './scope.ts';

const isInt64 = (value: bigint): boolean => value >= MIN_INT64 && value <= MAX_INT64;

function checkPoint(point: NamedPoint, path: string): void {
  requireKey(point.key, `${path}name`, 'Metric name');
  if (!isInt64(point.timestamp) || point.timestamp < 0n) {
    throw invalidValue(
      `${path}timestamp`,
      String(point.timestamp),
      `metric '${point.key}'. Timestamp must be a nonnegative long (64-bit integer)`,
    );
  }
  if (!isInt64(point.step)) {
    throw invalidValue(
      `${path}step`,
      String(point.step),
      `metric '${point.key}'. Step must be a valid long (64-bit integer).`,
    );
  }
}

/**
 * Logs points of metrics. It may be repeated: exact repeats count once. What is not stored when
 * it fails half-way is stored by the repetition.
 */
export async function logMetrics(
  ctx: Context,
  input: { readonly runId: string; readonly points: readonly NamedPoint[]; readonly path?: string },
): Promise<void> {
  const scope = await runScope(ctx, input.runId);
  requirePermission(ctx, 'write', targetOf(scope));
  requireActive(scope);
  input.points.forEach((point, index) => {
    checkPoint(point, input.path === undefined ? '' : `${input.path}[${index}].`);
  });
  const { fresh, others } = pointWrites(ctx, input.runId, input.points, highestRank);
  await seenBySearches(ctx, scope, () =>
    Promise.all([
      ...(fresh.length > 0 ? [ctx.table.bulk(fresh)] : []),
      ...others.map((write) => ctx.table.write(write)),
    ]),
  );
}

export interface HistoryPage {
  readonly points: readonly Point[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
}

/**
 * The points of a metric by (timestamp, step, value), exact repeats dropped: at most `limit`
 * after the place `after` of an earlier page. A metric that was never logged has none.
 */
export async function metricHistory(
  ctx: Context,
  input: {
    readonly runId: string;
    readonly key: string;
    readonly limit: number;
    readonly after?: string;
  },
): Promise<HistoryPage> {
  const scope = await runScope(ctx, input.runId);
  requirePermission(ctx, 'read', targetOf(scope));
  const { items } = await ctx.table.query({
    pk: runKeys.partition(input.runId),
    sk: { prefix: runKeys.chunks(input.key) },
  });
  const places = new Map(pointsOf(items).map((point) => [historyPlace(point), point]));
  const { after = '' } = input;
  const ordered = [...places]
    .filter(([place]) => place > after)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const page = ordered.slice(0, input.limit);
  const last = page.at(-1);
  return {
    points: page.map(([, point]) => point),
    ...(last !== undefined && ordered.length > page.length ? { next: last[0] } : {}),
  };
}
