import type { Context } from '#kernel/context.ts';
import { type Marked, markWrite } from './index.items.ts';

/**
 * Searches read an index that is brought up to date later; which runs may differ from it is marked
 * before a write of theirs is acknowledged. A process that has marked a run writes it for a while
 * without marking it again, so a mark counts for {@link MARK_LIFE_MS}.
 */

/** So long a process takes its mark for granted. */
const TRUSTED_MS = 10_000;
/** A write that ends later than this after the mark that it relied on marks once more. */
export const LATEST_MS = 15_000;
/** From then on nobody relies on a mark, whatever the clocks of others say. */
export const MARK_LIFE_MS = 30_000;

/**
 * So long a process takes what the index told for what it tells. A run that was written meanwhile is still
 * marked then, since no mark goes sooner than {@link MARK_LIFE_MS} - {@link LATEST_MS} after a write.
 */
export const REMEMBERED_MS = 5_000;

interface Trusted {
  readonly markedOn: number;
  readonly written: Promise<unknown>;
}

const cacheKey = (runId: string): string => `mark:${runId}`;

function mark(ctx: Context, run: Marked): Trusted {
  const markedOn = ctx.clock.now();
  const written = ctx.table.write(markWrite(run, markedOn));
  const trusted = { markedOn, written };
  ctx.cache.set(cacheKey(run.runId), trusted, TRUSTED_MS / 1000);
  written.catch(() => ctx.cache.delete(cacheKey(run.runId)));
  return trusted;
}

const markOf = (ctx: Context, run: Marked): Trusted =>
  ctx.cache.get<Trusted>(cacheKey(run.runId)) ?? mark(ctx, run);

/**
 * Does `work`, which writes what searches see of a run; when it has ended, searches that begin see
 * what it wrote. One write unit and one of an index, at most every ten seconds.
 */
export async function seenBySearches<T>(
  ctx: Context,
  run: Marked,
  work: () => Promise<T>,
): Promise<T> {
  const trusted = markOf(ctx, run);
  const [result] = await Promise.all([work(), trusted.written]);
  if (ctx.clock.now() - trusted.markedOn > LATEST_MS) await mark(ctx, run).written;
  return result;
}

/**
 * The same for work that nobody does again once it is done, though its answer or the mark got lost: the mark
 * goes first, which is a round trip more.
 */
export async function seenEvenUnanswered<T>(
  ctx: Context,
  run: Marked,
  work: () => Promise<T>,
): Promise<T> {
  await markOf(ctx, run).written;
  return seenBySearches(ctx, run, work);
}
