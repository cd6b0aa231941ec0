import { type Context, requireSystem } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import { pad } from '#kernel/keys.ts';
import { all, any, compare, type Item, put, update } from '#kernel/table.ts';
import { type Day, daysBetween } from './days.ts';
import { computeResult, failureText } from './find-result.ts';
import {
  againChanges,
  basisOf,
  beginChanges,
  DUE,
  endChanges,
  latestItem,
  placeOf,
  type Recalculation,
  type ResultRequest,
  readRecalculation,
  readResult,
  resultItem,
  resultKeys,
  type StoredResult,
} from './result.items.ts';
import { dayItems } from './stored.ts';

/** Longer than the process has that works. */
const LEASE_MS = 16 * 60_000;
const TEN_MINUTES_MS = 600_000;
const PAUSE_MS = 60_000;
const MOST_FAILURES = 5;
const AT_ONCE = 10;

/** The recalculation as this one's; `undefined` where it is done, another's, or gone. */
async function begin(
  ctx: Context,
  { kind, request }: Recalculation,
): Promise<Recalculation | undefined> {
  requireSystem(ctx);
  const now = ctx.clock.now();
  const place = placeOf(request);
  const isFree = any(
    compare('status', '=', 'pending'),
    all(compare('status', '=', 'in_progress'), compare('leaseUntil', '<=', now)),
  );
  const written = await ctx.table.write(
    update(resultKeys.work(place, kind), beginChanges(place, now, LEASE_MS), isFree),
  );
  return written.ok && written.item !== undefined ? readRecalculation(written.item) : undefined;
}

/** A request as it is at the end of a day. */
const upTo = (request: ResultRequest, queryTo: number): ResultRequest => ({
  ...request,
  window: { ...request.window, endDate: queryTo, asOf: queryTo },
});

interface Step {
  readonly day: Day;
  readonly queryTo: number;
}

/** The ends of all days that have begun, and of those that are over not one twice. */
function stepsOf(ctx: Context, { request, goesOn }: Recalculation): readonly Step[] {
  const { startDate, endDate, timezone } = request.window;
  const last = goesOn ? ctx.clock.now() : Math.min(endDate, ctx.clock.now());
  return daysBetween(startDate, Math.max(startDate, last - 1), timezone).map((day) => ({
    day,
    queryTo: Math.min(day.to, Math.max(last, startDate + 1)),
  }));
}

/** What cannot be worked out today may be tomorrow; but a day must not keep the others. */
async function stepResult(ctx: Context, request: ResultRequest): Promise<StoredResult> {
  const { metricUuid, window } = request;
  try {
    return await computeResult(ctx, request);
  } catch (error) {
    const isForNow = error instanceof AppError && error.reason === 'unavailable';
    if (isForNow) throw error;
    if (!(error instanceof AppError)) {
      ctx.log.error('recalculation', { groupId: window.groupId, message: String(error) });
    }
    const computedOn = ctx.clock.now();
    const failed = { status: 'failed', error: failureText(error) } as const;
    const basis = basisOf(request);
    return { metricUuid, queryTo: window.endDate, computedOn, basis, ...failed };
  }
}

/** Works the one result out, up to now where it goes on. Returns whether there is one. */
async function workOutLatest(ctx: Context, { request, goesOn }: Recalculation): Promise<boolean> {
  requireSystem(ctx);
  const now = ctx.clock.now();
  const { window } = request;
  const result = await stepResult(
    ctx,
    goesOn ? { ...request, window: { ...window, endDate: now, asOf: now } } : request,
  );
  await ctx.table.write(put(latestItem(placeOf(request), { ...result, isHeavy: true })));
  return result.status === 'completed';
}

/** Works out the days that are missing. Returns whether any has a result, `undefined` where time was up. */
async function workOut(
  ctx: Context,
  recalculation: Recalculation,
  endsOn: number,
): Promise<boolean | undefined> {
  requireSystem(ctx);
  const { request, createdOn } = recalculation;
  const place = placeOf(request);
  const known = new Map(
    (await dayItems(ctx, place))
      .map(readResult)
      .filter(({ computedOn }) => computedOn >= createdOn)
      .map((result) => [result.queryTo, result]),
  );
  let hasResult = false;
  for (const { queryTo } of stepsOf(ctx, recalculation)) {
    if (ctx.clock.now() >= endsOn) return undefined;
    const result = known.get(queryTo) ?? (await stepResult(ctx, upTo(request, queryTo)));
    hasResult ||= result.status === 'completed';
    if (!known.has(queryTo)) {
      await ctx.table.write(put(resultItem(resultKeys.day(place, queryTo), result)));
    }
  }
  return hasResult;
}

async function settle(
  ctx: Context,
  recalculation: Recalculation,
  outcome: boolean | 'again' | 'at once',
): Promise<void> {
  requireSystem(ctx);
  const place = placeOf(recalculation.request);
  const now = ctx.clock.now();
  const changes =
    outcome === 'again'
      ? againChanges(place, now, { on: now + PAUSE_MS, failures: 1 })
      : outcome === 'at once'
        ? againChanges(place, now, { on: now, failures: 0 })
        : endChanges(outcome ? 'completed' : 'failed', now);
  // Whoever took it over since has begun it once more.
  const isMine = all(
    compare('id', '=', recalculation.id),
    compare('begun', '=', recalculation.begun),
  );
  await ctx.table.write(update(resultKeys.work(place, recalculation.kind), changes, isMine));
}

async function runOne(ctx: Context, found: Recalculation, endsOn: number): Promise<boolean> {
  const work = await begin(ctx, found);
  if (work === undefined) return false;
  try {
    const outcome =
      work.kind === 'latest' ? await workOutLatest(ctx, work) : await workOut(ctx, work, endsOn);
    await settle(ctx, work, outcome ?? 'at once');
  } catch (error) {
    ctx.log.error('recalculation', { ...placeOf(work.request), message: String(error) });
    await settle(ctx, work, work.failures + 1 < MOST_FAILURES ? 'again' : false);
  }
  return true;
}

/** Where something is to be done now, the longest due first. */
async function dueRecalculations(ctx: Context, limit: number): Promise<readonly Recalculation[]> {
  const { items } = await ctx.table.query({
    index: 'gsi1',
    pk: DUE,
    sk: { to: `${pad(ctx.clock.now())}#~` },
    limit,
  });
  return items.map((item: Item) => readRecalculation(item));
}

/** Starts who works things out, where anything waits for that. */
export async function sweepRecalculations(ctx: Context): Promise<number> {
  requireSystem(ctx);
  const due = await dueRecalculations(ctx, 1);
  if (due.length > 0) await ctx.background.start('recalculate', { task: 'recalculate' });
  return due.length;
}

/**
 * Works out what waits for it, until nothing does or time is over. Any number may work at once, and each may
 * end at any point: what was begun is begun again by another, which goes on after the days that are there.
 */
export async function runRecalculations(
  ctx: Context,
  { maxMs = TEN_MINUTES_MS }: { readonly maxMs?: number } = {},
): Promise<number> {
  requireSystem(ctx);
  const endsOn = ctx.clock.now() + maxMs;
  let done = 0;
  for (;;) {
    const found = await dueRecalculations(ctx, AT_ONCE);
    let moved = false;
    for (const work of found) {
      if (ctx.clock.now() >= endsOn) return done;
      const ran = await runOne(ctx, work, endsOn);
      moved ||= ran;
      if (ran) done += 1;
    }
    if (!moved) return done;
  }
}
