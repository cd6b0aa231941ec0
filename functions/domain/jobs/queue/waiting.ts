import { MAX_PRIORITY } from '#domain/queues/index.ts';
import type { Context } from '#kernel/context.ts';
import { pad } from '#kernel/keys.ts';
import type { Item, Query } from '#kernel/table.ts';
import type { Job } from '../job.ts';

/**
 * Which jobs wait in a pool: an index by group, in each group by priority and then by age. A message
 * only wakes a worker up; what it gets is decided here.
 */

/** Most groups of which one look takes notice. */
const MAX_GROUPS = 50;
/** So long a process knows where its last look ended. */
const PLACE_SECONDS = 3_600;

export const partition = (pool: string): string => `WAITING#${pool}`;
const ofGroup = (groupId: number): string => `${pad(groupId)}#`;
/** Behind all jobs of the group. */
const behind = (groupId: number): string => `${pad(groupId)}#~`;

type Placed = Pick<Job, 'id' | 'groupId' | 'pool' | 'priority'>;

/** Index attributes of a job that waits for a worker. */
export const waiting = ({ id, groupId, pool, priority = 0 }: Placed) => ({
  gsi2pk: partition(pool),
  gsi2sk: `${ofGroup(groupId)}${String(MAX_PRIORITY - priority).padStart(3, '0')}#${pad(id)}`,
});
export const NOT_WAITING = ['gsi2pk', 'gsi2sk'] as const;

const look = async (ctx: Context, query: Omit<Query, 'index'>): Promise<readonly Item[]> =>
  (await ctx.table.query({ index: 'gsi2', ...query })).items;

/** The first jobs of a group that wait in the pool, as the index tells, which may lag behind. */
export const waitingOf = (
  ctx: Context,
  pool: string,
  groupId: number,
  limit: number,
): Promise<readonly Item[]> =>
  look(ctx, { pk: partition(pool), sk: { prefix: ofGroup(groupId) }, limit });

interface FoundGroup {
  readonly groupId: number;
  /** Where the jobs of the next one begin, or come later. */
  readonly next: string;
}

/** The groups of which jobs wait from a place in the index on: one query a group. */
async function* groupsFrom(ctx: Context, pool: string, start: string): AsyncGenerator<FoundGroup> {
  const pk = partition(pool);
  for (let from = start; ; ) {
    const [first] = await look(ctx, { pk, limit: 1, ...(from === '' ? {} : { sk: { from } }) });
    if (first === undefined) return;
    const groupId = first.groupId as number;
    // Rows of before there were groups in the index stand among them by their id.
    const own = `${String(first.gsi2sk)}\u0001`;
    from = behind(groupId);
    if (own > from) from = own;
    yield { groupId, next: from };
  }
}

/** All groups of which jobs wait in the pool, those from a place on first. */
async function* groupsAround(
  ctx: Context,
  pool: string,
  start: string,
): AsyncGenerator<FoundGroup> {
  yield* groupsFrom(ctx, pool, start);
  if (start === '') return;
  for await (const found of groupsFrom(ctx, pool, '')) {
    if (found.next > start) return;
    yield found;
  }
}

/**
 * The groups of which jobs wait in the pool, in no order that means anything. Where there are more than one
 * look takes notice of, the next goes on behind it, so that none is overlooked for ever.
 */
export async function waitingGroups(ctx: Context, pool: string): Promise<readonly number[]> {
  const name = `waiting-groups-from:${pool}`;
  const start = ctx.cache.get<string>(name) ?? '';
  const groups = new Set<number>();
  let goOn = '';
  for await (const { groupId, next } of groupsAround(ctx, pool, start)) {
    groups.add(groupId);
    if (groups.size < MAX_GROUPS) continue;
    goOn = next;
    break;
  }
  ctx.cache.set(name, goOn, PLACE_SECONDS);
  return [...groups];
}
