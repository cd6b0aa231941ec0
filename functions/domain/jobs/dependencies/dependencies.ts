import { resourceKeys } from '#domain/resources/index.ts';
import { asSystem, type Context, requirePermission } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import { all, check, compare, exists, missing, update, type Write } from '#kernel/table.ts';
import { due, isUnsettled, type Job, readJob } from '../job.ts';
import { MAX_DEPENDENCIES } from '../submit/bounds.ts';
import { dependantWrite } from './dependants.items.ts';
import { settleDependants } from './settle.ts';

/** Each takes two of a transaction's hundred writes, of which the job itself needs some. */
const WITH_THE_JOB = 40;
const AT_ONCE = 48;

/** What a new job depends on, and what says so. */
export interface Dependencies {
  readonly ids: readonly number[];
  /** How many have not finished yet. */
  readonly pending: number;
  /** For the transaction that makes the job. */
  readonly writes: readonly Write[];
  /** To be called after that: those that have failed already fail the job. */
  readonly told: (ctx: Context) => void;
}

const NONE: Dependencies = { ids: [], pending: 0, writes: [], told: () => undefined };

const unknown = (ids: readonly number[]) =>
  invalid(
    'job_dependency',
    `dependsOn: there is no job ${ids.slice(0, 20).join(', ')} in the group.`,
    { ids_not_found: ids },
  );

/** The jobs themselves, all of the group. Throws `invalid` (`job_dependency`). */
async function readAll(ctx: Context, groupId: number, ids: readonly number[]) {
  const items = await ctx.table.batchGet(ids.map(resourceKeys.current));
  const lost = ids.filter((_, at) => {
    const item = items[at];
    return item?.type !== 'job' || item.groupId !== groupId || item.deletedOn !== undefined;
  });
  if (lost.length > 0) throw unknown(lost);
  return Promise.all(items.flatMap((item) => (item === undefined ? [] : [readJob(ctx, item)])));
}

/**
 * What a dependency is told: that somebody waits for it. Its revision rises with the first, so that an end
 * that is being written without knowing of it is written again.
 */
function awaitWrite(ctx: Context, job: Job): Write {
  const at = resourceKeys.current(job.id);
  const unchanged = all(compare('state', '=', job.state), missing('deletedOn'));
  if (isUnsettled(job.state)) {
    if (job.awaited === true) return check(at, all(unchanged, exists('awaited')));
    return update(at, { set: { awaited: true }, add: { revision: 1 } }, unchanged);
  }
  // It failed: the sweeper tells the new job so if nobody else does.
  const told = { awaited: true, ...due(job.id, ctx.clock.now()) };
  return update(at, { set: told, add: { revision: 1 } }, unchanged);
}

const pairs = (ctx: Context, jobId: number, jobs: readonly Job[]): readonly Write[] =>
  jobs.flatMap((job) => [dependantWrite(job.id, jobId, ctx.clock.now()), awaitWrite(ctx, job)]);

/** Tells all but the last of them, as many at a time as a transaction holds. `false` when one changed meanwhile. */
async function tellFirst(ctx: Context, jobId: number, open: readonly Job[], told: Set<number>) {
  const first = open.slice(0, Math.max(0, open.length - WITH_THE_JOB));
  for (let from = 0; from < first.length; from += AT_ONCE) {
    const some = first.slice(from, from + AT_ONCE);
    const outcome = await ctx.table.transact(pairs(ctx, jobId, some));
    if (!outcome.ok) return false;
    for (const { id } of some) told.add(id);
  }
  return true;
}

/**
 * Looks up what a new job, `jobId`, is to depend on; each call of the answer looks again. Of very many the
 * first are told before the job is there, since no transaction holds all: what ends meanwhile keeps its word
 * until it is, so it counts as open. As they exist before the job does, no two jobs can wait for each other.
 * Throws `invalid` (`job_dependency`).
 */
export function dependenciesOf(
  ctx: Context,
  jobId: number,
  groupId: number,
  wanted: readonly number[],
): () => Promise<Dependencies> {
  const ids = [...new Set(wanted)];
  const told = new Set<number>();
  const look = async (): Promise<Dependencies> => {
    const jobs = await readAll(ctx, groupId, ids);
    const open = jobs.filter(({ id, state }) => state !== 'finished' && !told.has(id));
    if (!(await tellFirst(ctx, jobId, open, told))) return look();
    const last = open.filter(({ id }) => !told.has(id));
    const failed = jobs.filter(({ state }) => state === 'failed');
    return {
      ids,
      pending: told.size + last.length,
      writes: pairs(ctx, jobId, last),
      told: (later) => {
        for (const { id } of failed) later.defer(settleById(asSystem(later), id));
      },
    };
  };
  return async () => {
    if (ids.length === 0) return NONE;
    if (ids.length > MAX_DEPENDENCIES) {
      throw invalid('job_dependency', `dependsOn: name at most ${MAX_DEPENDENCIES} jobs.`);
    }
    requirePermission(ctx, 'write', { groupId, entity: 'group', lookup: { group_id: groupId } });
    return look();
  };
}

async function settleById(ctx: Context, id: number): Promise<void> {
  const item = await ctx.table.get(resourceKeys.current(id));
  if (item !== undefined) await settleDependants(ctx, await readJob(ctx, item));
}
