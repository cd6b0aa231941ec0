import type { Context } from '#kernel/context.ts';
import { pad } from '#kernel/keys.ts';
import { type Job, readJob } from '../job.ts';
import { waitingGroups, waitingOf } from '../queue/waiting.ts';

/**
 * Which of the jobs that wait in a pool a worker is offered: of the group that has the fewest at work,
 * the one of the highest priority, and of those the oldest. It looks at indexes, which lag behind, so
 * a claim takes what it is offered only as the row says.
 */

/** How many of a group are offered: others may take the first at the same time. */
const OFFERED = 5;
/** So old what is known of other groups may be: it decides whose turn it is, no more. */
const KNOWN_SECONDS = 1;
/** Most running jobs that are looked at. */
const MAX_RUNNING = 1_000;

/** A second's look at the groups whose jobs wait. */
async function groupsIn(ctx: Context, pool: string): Promise<readonly number[]> {
  const name = `waiting-groups:${pool}`;
  const known = ctx.cache.get<readonly number[]>(name);
  if (known !== undefined) return known;
  const groups = await waitingGroups(ctx, pool);
  // A pool where nothing waited a moment ago may have its first job by now.
  if (groups.length > 0) ctx.cache.set(name, groups, KNOWN_SECONDS);
  return groups;
}

/** How many jobs of each group run in the pool, by their leases in the sweeper's index. */
async function runningIn(ctx: Context, pool: string): Promise<Map<number, number>> {
  const name = `running:${pool}`;
  const known = ctx.cache.get<Map<number, number>>(name);
  if (known !== undefined) return known;
  const { items } = await ctx.table.query({
    index: 'gsi1',
    pk: 'DUE',
    sk: { from: pad(ctx.clock.now()) },
    limit: MAX_RUNNING,
  });
  const running = new Map<number, number>();
  for (const { state, pool: own, groupId } of items) {
    if (state !== 'started' || own !== pool) continue;
    running.set(groupId as number, (running.get(groupId as number) ?? 0) + 1);
  }
  ctx.cache.set(name, running, KNOWN_SECONDS);
  return running;
}

/** A process counts what it hands out until it looks again. */
export function countRunning(ctx: Context, { pool, groupId }: Pick<Job, 'pool' | 'groupId'>): void {
  const running = ctx.cache.get<Map<number, number>>(`running:${pool}`);
  running?.set(groupId, (running.get(groupId) ?? 0) + 1);
}

/** The groups in the order in which their jobs are offered. */
async function inTurn(ctx: Context, pool: string, named: Job | undefined) {
  const waiting = await groupsIn(ctx, pool);
  const missing = named !== undefined && !waiting.includes(named.groupId) ? [named.groupId] : [];
  const groups = [...waiting, ...missing];
  if (groups.length < 2) return groups;
  const running = await runningIn(ctx, pool);
  const count = (groupId: number): number => running.get(groupId) ?? 0;
  const own = (groupId: number): number => Number(groupId !== named?.groupId);
  return groups.sort((a, b) => count(a) - count(b) || own(a) - own(b));
}

/**
 * The named job first among those of its group that are no more urgent: workers that come with a message
 * each then seldom ask for the same.
 */
function withNamed(offered: readonly Job[], named: Job | undefined): readonly Job[] {
  if (named === undefined) return offered;
  const urgent = offered.filter(({ priority = 0 }) => priority > (named.priority ?? 0));
  const others = offered.filter((job) => !urgent.includes(job) && job.id !== named.id);
  return [...urgent, named, ...others];
}

/** Jobs to be tried one after the other, group by group; `named` is one that is known to wait. */
export async function* offeredJobs(
  ctx: Context,
  pool: string,
  named?: Job,
): AsyncGenerator<{ readonly groupId: number; readonly jobs: readonly Job[] }> {
  for (const groupId of await inTurn(ctx, pool, named)) {
    const items = await waitingOf(ctx, pool, groupId, OFFERED);
    const offered = await Promise.all(items.map((item) => readJob(ctx, item)));
    yield { groupId, jobs: withNamed(offered, named?.groupId === groupId ? named : undefined) };
  }
}
