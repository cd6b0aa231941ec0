import type { Job } from '#domain/jobs/index.ts';
import { groupList, type ListRow, readWholeLists, resourceKeys } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';

/** More are not looked at one by one: of each hundred that costs some 50 read units. */
export const MOST_LOOKS = 500;

export type JobNow = Pick<Job, 'state' | 'pool' | 'held'>;

export interface EndedJob {
  readonly id: number;
  readonly version: number;
  readonly status: string;
  readonly endedOn: number;
  /** Missing in lists of before they kept it. */
  readonly use?: JobUse;
}

export interface JobUse {
  readonly heldMs: number;
  readonly cost: number | null;
}

const isOpen = ({ summary }: ListRow): boolean => Array.isArray(summary.open);

const useIn = ({ heldMs, cost }: ListRow['summary']): { readonly use?: JobUse } =>
  typeof heldMs === 'number'
    ? { use: { heldMs, cost: typeof cost === 'number' ? cost : null } }
    : {};

const toEnded = ({ id, version, summary }: ListRow): EndedJob => ({
  id,
  version,
  status: String(summary.status),
  endedOn: Number(summary.lastModifiedOn),
  ...useIn(summary),
});

/** The rows of these jobs as they are about now, those that are there. */
async function rowsOf(ctx: Context, ids: readonly number[]) {
  if (ids.length === 0) return [];
  const rows = await ctx.table.batchGet(ids.map(resourceKeys.current), { eventual: true });
  return rows.flatMap((row) =>
    row === undefined || row.deletedOn !== undefined ? [] : [row as unknown as Job],
  );
}

/** The jobs of a group that have not ended, the latest so many, and those that have. */
export async function listedJobs(ctx: Context, groupId: number) {
  const { rows } = await readWholeLists(ctx, [groupList({ groupId, type: 'job' })]);
  const open = rows.filter(isOpen).map(({ id }) => id);
  const looks = open.slice(-MOST_LOOKS);
  return {
    open: (await rowsOf(ctx, looks)) as readonly JobNow[],
    isComplete: looks.length === open.length,
    ended: rows.filter((row) => !isOpen(row)).map(toEnded),
  };
}

const cacheKey = ({ id, version }: EndedJob): string => `job-use:${id}:${version}`;

/** What jobs used of which no list says it; of more than so many not of the first. */
export async function usesOf(ctx: Context, jobs: readonly EndedJob[]) {
  const unknown = jobs.filter((job) => job.use === undefined);
  const cached = unknown.map((job) => ctx.cache.get<JobUse>(cacheKey(job)));
  const unread = unknown.filter((_, at) => cached[at] === undefined);
  const looks = new Map(unread.slice(-MOST_LOOKS).map((job) => [job.id, job]));
  const read = (await rowsOf(ctx, [...looks.keys()])).map(({ id, heldMs = 0, cost = null }) => {
    const job = looks.get(id);
    if (job !== undefined) ctx.cache.set(cacheKey(job), { heldMs, cost });
    return { heldMs, cost };
  });
  const told = [...jobs.map(({ use }) => use), ...cached];
  return {
    uses: [...told.filter((use) => use !== undefined), ...read],
    isComplete: unread.length === looks.size,
  };
}
