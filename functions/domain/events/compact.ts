import { type Context, requireSystem } from '#kernel/context.ts';
import { pad } from '#kernel/keys.ts';
import type { Parquet } from '#kernel/parquet.ts';
import { all, compare, remove, update } from '#kernel/table.ts';
import { compactHour } from './compact-hour.ts';
import { claimChanges, DUE, eventKeys, type Mark, readMark } from './event.items.ts';
import { compactMerges } from './merges.ts';

export interface CompactReport {
  /** Hours, and merges of persons, that were brought up to date. */
  readonly compacted: number;
  readonly failed: number;
}

const TEN_MINUTES_MS = 600_000;
const AT_ONCE = 25;

/** Marks whose time has come, the longest due first. */
async function dueMarks(ctx: Pick<Context, 'table' | 'clock'>): Promise<readonly Mark[]> {
  const sk = { to: `${pad(ctx.clock.now())}#~` };
  const { items } = await ctx.table.query({ index: 'gsi1', pk: DUE, sk, limit: AT_ONCE });
  return items.map(readMark);
}

/** What is due next, or was already; `undefined` where nothing was stored since all was compacted. */
export async function firstMark({ table }: Pick<Context, 'table'>): Promise<Mark | undefined> {
  const { items } = await table.query({ index: 'gsi1', pk: DUE, limit: 1 });
  return items.map(readMark)[0];
}

/** The mark as it is while this one works; `undefined` where another was first, or it is gone. */
async function claim(ctx: Context, { groupId, dirty, place }: Mark): Promise<Mark | undefined> {
  requireSystem(ctx);
  const claimed = await ctx.table.write(
    update(
      eventKeys.mark(groupId, dirty),
      claimChanges(groupId, dirty, ctx.clock.now()),
      compare('gsi1sk', '=', place),
    ),
  );
  return claimed.ok && claimed.item !== undefined ? readMark(claimed.item) : undefined;
}

/** Unless something came meanwhile, which then is due again in a while. */
async function settle(ctx: Context, { groupId, dirty, place, count }: Mark): Promise<void> {
  requireSystem(ctx);
  const untouched = all(compare('count', '=', count), compare('gsi1sk', '=', place));
  await ctx.table.write(remove(eventKeys.mark(groupId, dirty), untouched));
}

async function compactMarked(ctx: Context, parquet: Parquet, found: Mark): Promise<boolean> {
  const mark = await claim(ctx, found);
  if (mark === undefined) return false;
  if (mark.dirty === 'MERGES') await compactMerges(ctx, mark.groupId);
  else await compactHour(ctx, parquet, mark.groupId, mark.dirty);
  await settle(ctx, mark);
  return true;
}

/**
 * Compacts what is marked and due, until nothing is or its time is over. Any number may work at once, and
 * each may end at any point: a mark goes last, and comes up again where its compactor does not.
 */
export async function compactEvents(
  ctx: Context,
  parquet: Parquet,
  { maxMs = TEN_MINUTES_MS }: { readonly maxMs?: number } = {},
): Promise<CompactReport> {
  requireSystem(ctx);
  const endsOn = ctx.clock.now() + maxMs;
  const tally = { compacted: 0, failed: 0 };
  for (;;) {
    const marks = await dueMarks(ctx);
    let moved = false;
    for (const mark of marks) {
      if (ctx.clock.now() >= endsOn) return tally;
      try {
        const done = await compactMarked(ctx, parquet, mark);
        moved ||= done;
        if (done) tally.compacted += 1;
      } catch (error) {
        // It is due again in a while; one that fails must not keep the others.
        tally.failed += 1;
        const { groupId, dirty } = mark;
        ctx.log.error('events_not_compacted', { groupId, dirty, message: String(error) });
      }
    }
    if (!moved) return tally;
  }
}
