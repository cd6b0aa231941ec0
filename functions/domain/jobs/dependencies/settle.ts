import { resourceKeys } from '#domain/resources/index.ts';
import { asSystem, type Context, requireSystem } from '#kernel/context.ts';
import { all, compare, type Item, itemExists, remove, update } from '#kernel/table.ts';
import { changeJob } from '../change-job.ts';
import { isUnsettled, type Job, NOT_DUE, readJob } from '../job.ts';
import { lineWrites } from '../log/log.ts';
import { queuePlace } from '../queue/place.ts';
import { wakeWorker } from '../queue/send.ts';
import { dependantKeys, dependantOf } from './dependants.items.ts';

const AT_ONCE = 8;
const PAGE = 100;
const MAX_TRIES = 8;
/** A submission names its dependencies before the job is there; after so long it never will be. */
const ORPHAN_MS = 3_600_000;

const isDeferred = compare('state', '=', 'deferred');

/** Why a job that depends on this one cannot run. */
function failureOf({ id, deletedOn, data }: Job): string {
  if (deletedOn !== undefined) return `The job ${id}, on which it depends, was deleted.`;
  if (data.reason === 'cancelled') return `The job ${id}, on which it depends, was cancelled.`;
  return `The job ${id}, on which it depends, failed${data.reason === undefined ? '' : ` (${data.reason})`}.`;
}

async function fail(ctx: Context, dependant: Job, job: Job, edge: Item) {
  const message = failureOf(job);
  const failed = await changeJob(ctx, dependant, {
    status: 'failed',
    reason: 'dependency_failed',
    row: { endedOn: ctx.clock.now(), message },
    if: isDeferred,
    more: [
      remove(edge, itemExists),
      ...(await lineWrites(ctx, dependant, { severity: 'ERROR', message })),
    ],
  });
  if (failed !== undefined) tellDependants(ctx, failed);
  return failed !== undefined;
}

async function release(ctx: Context, dependant: Job, edge: Item): Promise<boolean> {
  const { row, ...place } = queuePlace(ctx, dependant.data);
  const queued = await changeJob(ctx, dependant, {
    status: 'queued',
    row: { ...row, pending: 0 },
    ...place,
    if: isDeferred,
    more: [remove(edge, itemExists)],
  });
  if (queued !== undefined) await wakeWorker(ctx, queued);
  return queued !== undefined;
}

/** One of several that it depends on has finished. */
async function countDown(ctx: Context, dependant: Job, edge: Item): Promise<boolean> {
  const outcome = await ctx.table.transact([
    remove(edge, itemExists),
    update(
      resourceKeys.current(dependant.id),
      { add: { pending: -1 } },
      all(isDeferred, compare('pending', '>', 1)),
    ),
  ]);
  return outcome.ok;
}

const dropEdge = async (ctx: Context, edge: Item): Promise<boolean> =>
  (await ctx.table.write(remove(edge))).ok;

async function step(ctx: Context, job: Job, edge: Item): Promise<boolean | 'left'> {
  const item = await ctx.table.get(resourceKeys.current(dependantOf(edge)));
  if (item === undefined) {
    const isOrphan = ctx.clock.now() - Number(edge.createdOn) > ORPHAN_MS;
    return isOrphan ? dropEdge(ctx, edge) : 'left';
  }
  const dependant = await readJob(ctx, item);
  if (dependant.state !== 'deferred' || dependant.deletedOn !== undefined) {
    return dropEdge(ctx, edge);
  }
  const isMet = job.state === 'finished' && job.deletedOn === undefined;
  if (!isMet) return fail(ctx, dependant, job, edge);
  return (dependant.pending ?? 1) > 1
    ? countDown(ctx, dependant, edge)
    : release(ctx, dependant, edge);
}

/** Tells one job that another has ended. `false` where that is left to the sweeper. */
async function settle(ctx: Context, job: Job, edge: Item): Promise<boolean> {
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    const done = await step(ctx, job, edge);
    if (done === 'left') return false;
    if (done) return true;
    // Told by somebody else meanwhile.
    if ((await ctx.table.get(edge)) === undefined) return true;
  }
  return false;
}

/**
 * Tells every job that depends on this one, which has ended or is deleted: the last dependency that
 * finishes queues it, the first that does not fails it. Twice at once is fine. What cannot be told
 * stays for the sweeper, which the row leads here until nothing is left.
 */
export async function settleDependants(ctx: Context, job: Job): Promise<void> {
  requireSystem(ctx);
  let isWhole = true;
  let after: string | undefined;
  for (;;) {
    const { items } = await ctx.table.query({
      pk: dependantKeys.of(job.id),
      ...(after === undefined ? {} : { sk: { from: `${after}\u0001` } }),
      limit: PAGE,
    });
    for (let from = 0; from < items.length; from += AT_ONCE) {
      const told = await Promise.all(
        items.slice(from, from + AT_ONCE).map((edge) => settle(ctx, job, edge)),
      );
      isWhole &&= told.every(Boolean);
    }
    after = items.at(-1)?.sk;
    if (items.length < PAGE) break;
  }
  if (!isWhole) return;
  const ended = all(
    compare('revision', '=', job.revision),
    job.deletedOn === undefined ? compare('state', '=', job.state) : itemExists,
  );
  await ctx.table.write(
    update(resourceKeys.current(job.id), { remove: ['awaited', ...NOT_DUE] }, ended),
  );
}

/** The same behind the answer of the call that ended the job. */
export function tellDependants(ctx: Context, job: Job): void {
  const isOver = job.deletedOn !== undefined || !isUnsettled(job.state);
  if (job.awaited === true && isOver) ctx.defer(settleDependants(asSystem(ctx), job));
}
