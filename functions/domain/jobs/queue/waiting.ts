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

const partition = (pool: string): string => `WAITING#${pool}`;
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

/** The groups of which jobs wait in the pool, in no order that means anything: one query a group. */
export async function waitingGroups(ctx: Context, pool: string): Promise<readonly number[]> {
  const pk = partition(pool);
  const groups: number[] = [];
  let from = '';
  while (groups.length < MAX_GROUPS) {
    const [first] = await look(ctx, { pk, limit: 1, ...(from === '' ? {} : { sk: { from } }) });
    if (first === undefined) break;
    const groupId = first.groupId as number;
    if (!groups.includes(groupId)) groups.push(groupId);
    // Rows of before there were groups in the index stand among them by their id.
    const next = behind(groupId);
    const own = `${String(first.gsi2sk)}\u0001`;
    from = next > own ? next : own;
  }
  return groups;
}
