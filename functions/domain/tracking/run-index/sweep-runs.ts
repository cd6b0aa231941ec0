import { type Context, requireSystem } from '#kernel/context.ts';
import { pad } from '#kernel/keys.ts';
import { all, compare, type Item, remove, update } from '#kernel/table.ts';
import { lookAgain, runKeys } from '../run.items.ts';
import type { Run } from '../schemas.ts';
import { indexKeys, LAG_PARTS, type Mark, readMark } from './index.items.ts';
import { LATEST_MS, MARK_LIFE_MS } from './lagging.ts';
import { settleRun } from './settle.ts';

/** Readers of copies of the table, which lag behind it, see an entry by then. */
const COPIES_MS = 5_000;
/** A sweep begins no more work after this; the next one goes on. */
const LONGEST_MS = 40_000;
/** Runs that are settled at once. */
const AT_ONCE = 16;
/** Most marks that one sweep looks at in each part of the list; the next sweep goes on. */
const MOST_MARKS = 2_000;

/** Whether entries that were read after every write that relied on the mark are in the index. */
const isSettled = ({ markedOn, settledOn }: Mark): boolean =>
  settledOn !== undefined && settledOn >= markedOn + MARK_LIFE_MS;

/** Notes when a run with a heartbeat was written: its mark, which says so, will go. */
async function keepAwake(ctx: Context, run: Run, { markedOn }: Mark): Promise<void> {
  const until = markedOn + LATEST_MS + (run.heartbeatSeconds ?? 0) * 1000;
  const next = lookAgain(run.id, until);
  const isLater = all(
    compare('gsi1pk', '=', next.gsi1pk),
    compare('gsi1sk', '<', next.gsi1sk),
    compare('status', '=', 'RUNNING'),
  );
  await ctx.table.write(update(runKeys.run(run.id), { set: next }, isLater));
}

async function settle(ctx: Context, mark: Mark): Promise<boolean> {
  const now = ctx.clock.now();
  const unchanged = compare('markedOn', '=', mark.markedOn);
  if (isSettled(mark)) {
    if (now < (mark.writtenOn ?? mark.settledOn ?? now) + COPIES_MS) return false;
    await ctx.table.write(remove(indexKeys.mark(mark), unchanged));
    return false;
  }
  const run = await settleRun(ctx, mark.runId);
  if (run?.heartbeatSeconds !== undefined) await keepAwake(ctx, run, mark);
  // From the time of its reads on, which may be later by the clock of whoever marked it.
  const set = { settledOn: now, writtenOn: ctx.clock.now() };
  await ctx.table.write(update(indexKeys.mark(mark), { set }, unchanged));
  return true;
}

async function settleOrLog(ctx: Context, mark: Mark): Promise<number> {
  try {
    return (await settle(ctx, mark)) ? 1 : 0;
  } catch (error) {
    // One run that cannot be settled must not keep the others waiting.
    ctx.log.error('run_not_settled', { runId: mark.runId, message: String(error) });
    return 0;
  }
}

async function lagging(ctx: Context, part: number, now: number): Promise<readonly Item[]> {
  const { items } = await ctx.table.query({
    index: 'gsi1',
    pk: indexKeys.lagging(part),
    sk: { to: `${pad(now - MARK_LIFE_MS)}#~` },
    limit: MOST_MARKS,
  });
  return items;
}

/** Brings the indexes of runs up to date that nobody writes any more; returns how many. */
export async function sweepRuns(ctx: Context): Promise<number> {
  requireSystem(ctx);
  const now = ctx.clock.now();
  const parts = Array.from({ length: LAG_PARTS }, (_, part) => lagging(ctx, part, now));
  const marks = (await Promise.all(parts))
    .flat()
    .map(readMark)
    .filter(({ markedOn }) => markedOn <= now - MARK_LIFE_MS);
  let settled = 0;
  const queue = [...marks];
  const work = async (): Promise<void> => {
    while (ctx.clock.now() < now + LONGEST_MS) {
      const mark = queue.pop();
      if (mark === undefined) return;
      settled += await settleOrLog(ctx, mark);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return settled;
}
