import { type Context, requireSystem } from '#kernel/context.ts';
import { unavailable } from '#kernel/errors.ts';
import { all, any, compare, missing, update } from '#kernel/table.ts';
import { poolKey, poolRow, type RecentTask } from './pool.items.ts';

/** The right to run tasks of a pool, for one launcher at a time. */
export interface Hold {
  readonly pool: string;
  readonly holder: string;
  /** What launchers ran lately, this one included. */
  readonly recent: readonly RecentTask[];
}

/** A holder that gives no sign for so long is over; each batch of tasks renews it. */
export const LOCK_MS = 30_000;
/**
 * For so long a task counts although no list shows it: lists lag behind by seconds. Below a
 * minute, so that what failed is tried again by the next schedule.
 */
export const RECENT_MS = 50_000;
const MAX_TRIES = 5;

/**
 * Takes the pool. Where another launcher has it, that one is told to look again before it
 * lets go, and the answer is `undefined`: either way somebody looks after this call.
 */
export async function takePool(ctx: Context, pool: string): Promise<Hold | undefined> {
  requireSystem(ctx);
  const holder = ctx.ids.hex32();
  for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
    const now = ctx.clock.now();
    const taken = await ctx.table.write(
      update(
        poolKey(pool),
        { set: { holder, lockUntil: now + LOCK_MS }, remove: ['again'] },
        any(missing('lockUntil'), compare('lockUntil', '<=', now)),
      ),
    );
    if (taken.ok) return { pool, holder, recent: poolRow(taken.item).recent ?? [] };
    const told = await ctx.table.write(
      update(poolKey(pool), { set: { again: true } }, compare('lockUntil', '>', now)),
    );
    if (told.ok) return undefined;
  }
  throw unavailable('The pool changes hands too often; try again.');
}

/** Notes tasks before they are run, so that none is forgotten; `undefined` when the hold was lost. */
export async function noteTasks(
  ctx: Context,
  hold: Hold,
  ids: readonly string[],
): Promise<Hold | undefined> {
  requireSystem(ctx);
  const now = ctx.clock.now();
  const recent = [
    ...hold.recent.filter(({ at }) => at > now - RECENT_MS),
    ...ids.map((id) => ({ id, at: now })),
  ];
  const noted = await ctx.table.write(
    update(
      poolKey(hold.pool),
      { set: { recent: recent.map((task) => ({ ...task })), lockUntil: now + LOCK_MS } },
      compare('holder', '=', hold.holder),
    ),
  );
  return noted.ok ? { ...hold, recent } : undefined;
}

/** Lets the pool go; `again` when somebody asked for another look, which this launcher then owes. */
export async function releasePool(ctx: Context, hold: Hold): Promise<'released' | 'again'> {
  requireSystem(ctx);
  const mine = compare('holder', '=', hold.holder);
  const released = await ctx.table.write(
    update(poolKey(hold.pool), { remove: ['holder', 'lockUntil'] }, all(mine, missing('again'))),
  );
  if (released.ok) return 'released';
  const kept = await ctx.table.write(
    update(
      poolKey(hold.pool),
      { set: { lockUntil: ctx.clock.now() + LOCK_MS }, remove: ['again'] },
      mine,
    ),
  );
  // Lost to another launcher: that one looks.
  return kept.ok ? 'again' : 'released';
}

/** Lets the pool go whatever was asked meanwhile; the next schedule looks. */
export async function dropPool(ctx: Context, hold: Hold): Promise<void> {
  requireSystem(ctx);
  const mine = compare('holder', '=', hold.holder);
  await ctx.table.write(update(poolKey(hold.pool), { remove: ['holder', 'lockUntil'] }, mine));
}
