import { type Context, requirePermission } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import { put } from '#kernel/table.ts';
import { analyseMetric } from './analyse-metric.ts';
import {
  placeOf,
  type ResultRequest,
  readResult,
  resultItem,
  resultKeys,
  type StoredResult,
} from './result.items.ts';

/** Events come in all the time: for so long a result of what goes on is good enough. */
const FRESH_MS = 5 * 60_000;

export interface FoundResult {
  readonly result: Extract<StoredResult, { status: 'completed' }>;
  /** It was there already. */
  readonly isCached: boolean;
}

/** Of the same end it is good for ever, once all that counts for it can have come in. */
function isFresh(result: StoredResult, { window }: ResultRequest, now: number): boolean {
  if (result.status !== 'completed') return false;
  if (now - result.computedOn < FRESH_MS) return true;
  return result.queryTo === window.endDate && window.asOf <= result.computedOn;
}

/** What people may read of a failure: that of others may hold more than is theirs. */
export const failureText = (error: unknown): string =>
  error instanceof AppError && error.code !== 'internal'
    ? error.message
    : 'The result could not be worked out.';

/** Works a result out and keeps it; what fails is kept as a failure, and thrown. */
export async function computeResult(
  ctx: Context,
  request: ResultRequest,
): Promise<Extract<StoredResult, { status: 'completed' }>> {
  const { groupId, endDate: queryTo } = request.window;
  requirePermission(ctx, 'read', { groupId, entity: 'project', lookup: { project_id: groupId } });
  const { metricUuid } = request;
  const analysis = await analyseMetric(ctx, request, request.stats);
  return { status: 'completed', metricUuid, queryTo, computedOn: ctx.clock.now(), analysis };
}

/**
 * The result of a metric up to the end of its window: a fresh one that is kept, or a new one. Throws `invalid`
 * (`metric_not_computable`), and `unavailable` with `query_too_large` or `query_too_slow` where a recalculation in the background
 * may do what this cannot.
 */
export async function findResult(
  ctx: Context,
  request: ResultRequest,
  { refresh = false }: { readonly refresh?: boolean } = {},
): Promise<FoundResult> {
  const { groupId } = request.window;
  requirePermission(ctx, 'read', { groupId, entity: 'project', lookup: { project_id: groupId } });
  const at = resultKeys.latest(placeOf(request));
  const item = refresh ? undefined : await ctx.table.get(at);
  const kept = item === undefined ? undefined : readResult(item);
  if (kept?.status === 'completed' && isFresh(kept, request, ctx.clock.now())) {
    return { result: kept, isCached: true };
  }
  const result = await computeResult(ctx, request);
  await ctx.table.write(put(resultItem(at, result)));
  return { result, isCached: false };
}
