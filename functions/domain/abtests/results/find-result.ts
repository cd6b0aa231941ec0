import { type Context, requirePermission } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import { compare, itemMissing, put } from '#kernel/table.ts';
import { analyseMetric } from './analyse-metric.ts';
import {
  basisOf,
  isUnderWay,
  latestItem,
  newWork,
  placeOf,
  type ResultRequest,
  readResult,
  recalculationItem,
  resultKeys,
  type StoredResult,
} from './result.items.ts';
import { announce, findWork } from './stored.ts';

/** Events come in all the time: for so long a result of what goes on is good enough. */
const FRESH_MS = 5 * 60_000;
const HEAVY_FRESH_MS = 60 * 60_000;
/** So long after the end of an experiment a phone that was off may still send what happened before. */
const LATE_MS = 3 * 86_400_000;

export interface FoundResult {
  readonly result: Extract<StoredResult, { status: 'completed' }>;
  /** It was there already. */
  readonly isCached: boolean;
}

/** Of the same end it is good for ever, once all that counts for it should have come in. */
function isFresh(result: StoredResult, request: ResultRequest, now: number): boolean {
  if (result.basis !== basisOf(request)) return false;
  const lasts = result.isHeavy === true ? HEAVY_FRESH_MS : FRESH_MS;
  if (now - result.computedOn < lasts) return true;
  if (result.status === 'failed') return false;
  const { endDate, onlyCountMaturedUsers } = request.window;
  const hasMatured = onlyCountMaturedUsers !== true;
  return hasMatured && result.queryTo === endDate && result.computedOn >= endDate + LATE_MS;
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
  const { endDate: queryTo } = request.window;
  requirePermission(ctx, 'read', targetOf(request));
  const { metricUuid } = request;
  const analysis = await analyseMetric(ctx, request, request.stats);
  const computedOn = ctx.clock.now();
  const basis = basisOf(request);
  return { status: 'completed', metricUuid, queryTo, computedOn, basis, analysis };
}

const FOR_THE_BACKGROUND: readonly string[] = ['query_too_large', 'query_too_slow'];

const pending = (): AppError =>
  new AppError(
    'unavailable',
    'This takes longer than an answer may, and is worked out in the background; ask again in a while.',
    { reason: 'result_pending', retryAfter: 15 },
  );

/** Has a result worked out where there is more time; one at a time, whoever asks. */
async function leaveToBackground(
  ctx: Context,
  request: ResultRequest,
  goesOn: boolean,
): Promise<never> {
  const place = placeOf(request);
  requirePermission(ctx, 'read', targetOf(request));
  const before = await findWork(ctx, place, 'latest');
  if (before === undefined || !isUnderWay(before)) {
    const work = newWork(ctx, { kind: 'latest', goesOn, request });
    const unchanged = before === undefined ? itemMissing : compare('id', '=', before.id);
    const written = await ctx.table.write(put(recalculationItem(work), unchanged));
    if (written.ok) await announce(ctx, place);
  }
  throw pending();
}

const targetOf = ({ window: { groupId } }: ResultRequest) => ({
  groupId,
  entity: 'project',
  lookup: { project_id: groupId },
});

async function computeNow(
  ctx: Context,
  request: ResultRequest,
  goesOn: boolean,
): Promise<FoundResult> {
  try {
    return { result: await computeResult(ctx, request), isCached: false };
  } catch (error) {
    const isTooMuch = error instanceof AppError && FOR_THE_BACKGROUND.includes(error.reason);
    if (!isTooMuch) throw error;
    return leaveToBackground(ctx, request, goesOn);
  }
}

/**
 * The result of a metric up to the end of its window: a fresh one that is kept, or a new one. Throws `invalid`
 * (`metric_not_computable`), and `unavailable`: with `result_pending` where it is worked out in the background, with
 * `result_failed` where that could not do it either.
 */
export async function findResult(
  ctx: Context,
  request: ResultRequest,
  {
    refresh = false,
    goesOn = false,
  }: { readonly refresh?: boolean; readonly goesOn?: boolean } = {},
): Promise<FoundResult> {
  const place = placeOf(request);
  requirePermission(ctx, 'read', targetOf(request));
  const [item, work] = await Promise.all([
    ctx.table.get(resultKeys.latest(place)),
    findWork(ctx, place, 'latest'),
  ]);
  if (work !== undefined && isUnderWay(work)) throw pending();
  const kept = item === undefined || refresh ? undefined : readResult(item);
  if (kept !== undefined && isFresh(kept, request, ctx.clock.now())) {
    if (kept.status === 'completed') return { result: kept, isCached: true };
    throw new AppError('unavailable', kept.error, { reason: 'result_failed' });
  }
  const found = await computeNow(ctx, request, goesOn);
  await ctx.table.write(put(latestItem(place, found.result)));
  return found;
}
