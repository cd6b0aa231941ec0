import { type Context, requirePermission } from '#kernel/context.ts';
import type { Write } from '#kernel/table.ts';
import { highestRank, pointWrites } from './metric-writes.ts';
import { MAX_INT64, MIN_INT64 } from './ordered.ts';
import type { NamedPoint } from './run.items.ts';
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

/** Throws `invalid` for the first point that cannot be; `path` is that of the list in the call. */
export const requirePoints = (points: readonly NamedPoint[], path: string | undefined): void =>
  points.forEach((point, index) => {
    checkPoint(point, path === undefined ? '' : `${path}[${index}].`);
  });

/**
 * Logs points of metrics. It may be repeated: exact repeats count once. What is not stored when
 * it fails half-way is stored by the repetition.
 */
export async function logMetrics(
  ctx: Context,
  input: {
    readonly runId: string;
    readonly points: readonly NamedPoint[];
    readonly path?: string;
    /** Writes of whoever else keeps these points; done at the same time, once all is checked. */
    readonly beside?: readonly Write[];
  },
): Promise<void> {
  const scope = await runScope(ctx, input.runId);
  requirePermission(ctx, 'write', targetOf(scope));
  requireActive(scope);
  requirePoints(input.points, input.path);
  const { fresh, others } = pointWrites(ctx, input.runId, input.points, highestRank);
  await seenBySearches(ctx, scope, () =>
    Promise.all([
      ...(fresh.length > 0 ? [ctx.table.bulk(fresh)] : []),
      ...[...others, ...(input.beside ?? [])].map((write) => ctx.table.write(write)),
    ]),
  );
}
