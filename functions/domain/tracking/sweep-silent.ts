import { type Context, requireSystem } from '#kernel/context.ts';
import { pad } from '#kernel/keys.ts';
import { all, compare, type Item, missing, update } from '#kernel/table.ts';
import { lookAgain, NOT_LOOKED_AT, readRun, runKeys, silentRuns, tagPut } from './run.items.ts';
import { indexKeys, readMark } from './run-index/index.items.ts';
import { LATEST_MS, seenEvenUnanswered } from './run-index/lagging.ts';
import { scopeOf } from './scope.ts';

/** Most runs that one sweep looks at; the next sweep goes on. */
const MOST_RUNS = 500;
/** When the run was written last, while a mark says so: before it goes, the row is told (sweep-runs.ts). */
async function lastWrite(ctx: Context, row: Item): Promise<number> {
  const mark = await ctx.table.get(indexKeys.mark(scopeOf(readRun(row))));
  return mark === undefined ? 0 : readMark(mark).markedOn + LATEST_MS;
}

async function look(ctx: Context, runId: string, now: number): Promise<boolean> {
  const row = await ctx.table.get(runKeys.run(runId));
  const dueOn = Number(String(row?.gsi1sk ?? '').slice(0, 15));
  if (row === undefined || row.gsi1pk !== silentRuns || dueOn > now) return false;
  const run = readRun(row);
  const unchanged = compare('gsi1sk', '=', row.gsi1sk as string);
  const until = (await lastWrite(ctx, row)) + (run.heartbeatSeconds ?? 0) * 1000;
  if (run.status !== 'RUNNING' || run.deletedOn !== undefined) {
    await ctx.table.write(update(runKeys.run(runId), { remove: NOT_LOOKED_AT }, unchanged));
    return false;
  }
  if (until > now) {
    await ctx.table.write(update(runKeys.run(runId), { set: lookAgain(runId, until) }, unchanged));
    return false;
  }
  const end = update(
    runKeys.run(runId),
    { set: { status: 'KILLED', endTime: now }, remove: NOT_LOOKED_AT },
    all(unchanged, compare('status', '=', 'RUNNING'), missing('deletedOn')),
  );
  const reason = tagPut(runId, { key: 'assay.reason', value: 'heartbeat_lost' });
  const outcome = await seenEvenUnanswered(ctx, scopeOf(run), () =>
    ctx.table.transact([end, reason]),
  );
  return outcome.ok;
}

/** Ends RUNNING runs that gave a sign of life once and that nobody wrote since, as KILLED; returns how many. */
export async function sweepSilentRuns(ctx: Context): Promise<number> {
  requireSystem(ctx);
  const now = ctx.clock.now();
  const { items } = await ctx.table.query({
    index: 'gsi1',
    pk: silentRuns,
    sk: { to: `${pad(now)}#~` },
    limit: MOST_RUNS,
  });
  let ended = 0;
  for (const { pk } of items) {
    const runId = pk.slice(runKeys.partition('').length);
    try {
      if (await look(ctx, runId, now)) ended += 1;
    } catch (error) {
      // One run that cannot be looked at must not keep the others waiting.
      ctx.log.error('silent_run', { runId, message: String(error) });
    }
  }
  return ended;
}
