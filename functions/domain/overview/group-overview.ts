import { isAdministrator } from '#domain/identity/index.ts';
import { countWaiting, getJobLimit } from '#domain/jobs/index.ts';
import { type Context, type Pool, requirePermission } from '#kernel/context.ts';
import { type EndedJob, type JobNow, type JobUse, listedJobs, usesOf } from './listed-jobs.ts';
import { type Storage, storageOf } from './storage/storage.ts';

interface Part {
  /** When it was so, in milliseconds. */
  readonly asOf: number;
}

/** Where there is more than one look takes notice of, the counts are of what it saw. */
interface BoundedPart extends Part {
  readonly isComplete: boolean;
}

export interface JobCounts extends BoundedPart {
  readonly running: number;
  readonly queued: number;
  readonly deferred: number;
  readonly finishedSince: number;
  readonly failedSince: number;
  readonly since: number;
}

export interface PoolCounts extends Part {
  readonly name: string;
  readonly kind: Pool['kind'];
  readonly waiting: number;
  readonly running: number;
  /** Of all groups, at most 500, which stands for more as well; for administrators. */
  readonly waitingOfAll?: number;
}

/** What the jobs used that ended in this calendar month, deleted ones left out. */
export interface Use extends BoundedPart {
  readonly from: number;
  readonly jobs: number;
  readonly seconds: number;
  /** Of those in pools with a price; `null` where none was. */
  readonly estimatedCostUsd: number | null;
}

export interface GroupOverview {
  readonly jobs: JobCounts;
  readonly pools: readonly PoolCounts[];
  readonly limits: Part & { readonly runningJobs: number | null };
  readonly use: Use;
  /** Nothing before it was counted for the first time. */
  readonly storage?: Storage;
}

const count = <T>(list: readonly T[], is: (each: T) => boolean): number => list.filter(is).length;

const isIn = (state: JobNow['state']) => (job: JobNow) => job.state === state;
/** A job that is held waits for nobody. */
const waits = (job: JobNow): boolean => job.state === 'queued' && job.held !== true;

const monthOf = (time: number): number => {
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
};

function sumOf(uses: readonly JobUse[]) {
  const costs = uses.flatMap(({ cost }) => (cost === null ? [] : [cost]));
  const add = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);
  return {
    seconds: add(uses.map(({ heldMs }) => heldMs)) / 1000,
    estimatedCostUsd: costs.length === 0 ? null : add(costs),
  };
}

async function spentSince(ctx: Context, ended: readonly EndedJob[], from: number) {
  const jobs = ended.filter(({ endedOn }) => endedOn >= from);
  const { uses, isComplete } = await usesOf(ctx, jobs);
  return { from, jobs: jobs.length, ...sumOf(uses), isComplete };
}

const poolsOf = (ctx: Context, open: readonly JobNow[], asOf: number) =>
  Promise.all(
    ctx.settings.pools.map(async ({ name, kind }): Promise<PoolCounts> => {
      const inPool = open.filter(({ pool }) => pool === name);
      const counts = { waiting: count(inPool, waits), running: count(inPool, isIn('started')) };
      const all = isAdministrator(ctx.actor) ? await countWaiting(ctx, name) : undefined;
      return { name, kind, ...counts, ...(all === undefined ? {} : { waitingOfAll: all }), asOf };
    }),
  );

/**
 * What goes on in a group: its jobs by state, in all and in each pool, those that ended since a time, its
 * limits, what it used this month and what its files take. For its members. Throws `not_found`.
 */
export async function groupOverview(
  ctx: Context,
  input: { readonly groupId: number; readonly since: number },
): Promise<GroupOverview> {
  const { groupId, since } = input;
  requirePermission(ctx, 'read', { groupId, entity: 'group', lookup: { group_id: groupId } });
  const asOf = ctx.clock.now();
  const [{ open, ended, isComplete }, limit, storage] = await Promise.all([
    listedJobs(ctx, groupId),
    getJobLimit(ctx, groupId),
    storageOf(ctx, groupId),
  ]);
  const [pools, use] = await Promise.all([
    poolsOf(ctx, open, asOf),
    spentSince(ctx, ended, monthOf(asOf)),
  ]);
  const lately = ended.filter(({ endedOn }) => endedOn >= since);
  return {
    jobs: {
      running: count(open, isIn('started')),
      queued: count(open, isIn('queued')),
      deferred: count(open, isIn('deferred')),
      finishedSince: count(lately, ({ status }) => status === 'finished'),
      failedSince: count(lately, ({ status }) => status === 'failed'),
      since,
      isComplete,
      asOf,
    },
    pools,
    limits: { runningJobs: limit ?? null, asOf },
    use: { ...use, asOf },
    ...(storage === undefined ? {} : { storage }),
  };
}
