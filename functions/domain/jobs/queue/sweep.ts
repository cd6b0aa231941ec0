import { resourceKeys } from '#domain/resources/index.ts';
import { type Context, requireSystem } from '#kernel/context.ts';
import { pad } from '#kernel/keys.ts';
import { all, compare, type Key, missing, update } from '#kernel/table.ts';
import { settleDependants } from '../dependencies/settle.ts';
import { dropDeleted, handleLostWorker } from '../end/lost.ts';
import { failJob } from '../end/requeue.ts';
import { due, isUnsettled, type Job, NOT_DUE, readJob } from '../job.ts';
import { wakeWorker } from './send.ts';
import { topUpMessages } from './top-up.ts';
import { waiting } from './waiting.ts';

/** Most jobs that one sweep looks at; the next sweep goes on. */
const MAX_JOBS = 500;
/** Each takes some ten calls one after the other, and hundreds may lose their workers together. */
const AT_ONCE = 8;

export interface SweepReport {
  /** Messages sent: for jobs whose time has come, and where what waits has too few. */
  readonly sent: number;
  /** Jobs taken from workers that stopped renewing their lease. */
  readonly lost: number;
}

type Done = 'sent' | 'lost' | undefined;

const stillQueued = (job: Job) =>
  all(
    compare('state', '=', 'queued'),
    compare('revision', '=', job.revision),
    missing('held'),
    missing('deletedOn'),
  );

/** A job that was to wait before it is tried again. */
async function letWait(ctx: Context, job: Job): Promise<boolean> {
  requireSystem(ctx);
  const { queueUntil } = job;
  const outcome = await ctx.table.write(
    update(
      resourceKeys.current(job.id),
      {
        set: { ...waiting(job), ...(queueUntil === undefined ? {} : due(job.id, queueUntil)) },
        remove: ['notBefore', ...(queueUntil === undefined ? NOT_DUE : [])],
      },
      stillQueued(job),
    ),
  );
  return outcome.ok && (await wakeWorker(ctx, job));
}

/** What a queued job needs whose time has come. */
async function sweepQueued(ctx: Context, job: Job, now: number): Promise<Done> {
  if (job.held === true) return undefined;
  if (now < (job.queueUntil ?? Number.POSITIVE_INFINITY)) {
    return (await letWait(ctx, job)) ? 'sent' : undefined;
  }
  const message = `No worker took it within ${job.data.queueTimeout}.`;
  await failJob(ctx, job, { reason: 'queue_timeout', message }, stillQueued(job));
  return undefined;
}

async function sweepStarted(ctx: Context, job: Job, now: number): Promise<Done> {
  if ((job.leaseUntil ?? 0) > now) return undefined;
  const expired = all(
    compare('state', '=', 'started'),
    compare('attempt', '=', job.attempt),
    compare('leaseUntil', '<=', now),
  );
  return (await handleLostWorker(ctx, job, expired)) ? 'lost' : undefined;
}

/** What an overdue job needs. */
async function sweepJob(ctx: Context, job: Job, now: number): Promise<Done> {
  if (job.awaited === true && (job.deletedOn !== undefined || !isUnsettled(job.state))) {
    await settleDependants(ctx, job);
  }
  if (job.deletedOn !== undefined) await dropDeleted(ctx, job);
  else if (job.state === 'queued') return sweepQueued(ctx, job, now);
  else if (job.state === 'started') return sweepStarted(ctx, job, now);
  return undefined;
}

async function sweepOne(ctx: Context, { pk, sk }: Key, now: number): Promise<Done> {
  // The index lags behind: the row itself says how things are.
  const item = await ctx.table.get({ pk, sk });
  const dueOn = (item?.dueOn as number | undefined) ?? Number.POSITIVE_INFINITY;
  if (item === undefined || dueOn > now) return undefined;
  return sweepJob(ctx, await readJob(ctx, item), now);
}

/** Does something for each of many, some at a time; what fails for one must not keep the others waiting. */
async function forAll<T>(ctx: Context, each: readonly T[], act: (one: T) => Promise<void>) {
  const carefully = (one: T) =>
    act(one).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      ctx.log.error('sweep_failed', { of: one, message });
    });
  for (let from = 0; from < each.length; from += AT_ONCE) {
    await Promise.all(each.slice(from, from + AT_ONCE).map(carefully));
  }
}

/**
 * The platform's broom, run each minute (more often on one machine): queues what was to wait, fails what
 * waited too long, requeues or fails what lost its worker, tells those that depend on what ended, and sees
 * to it that what waits has messages enough. Running it twice at once is fine: each job changes under a
 * condition.
 */
export async function sweepJobs(ctx: Context): Promise<SweepReport> {
  requireSystem(ctx);
  const now = ctx.clock.now();
  const page = await ctx.table.query({
    index: 'gsi1',
    pk: 'DUE',
    sk: { to: `${pad(now)}#~` },
    limit: MAX_JOBS,
  });
  const report = { sent: 0, lost: 0 };
  const keys = page.items.map(({ pk, sk }) => ({ pk, sk }));
  await forAll(ctx, keys, async (key) => {
    const done = await sweepOne(ctx, key, now);
    if (done !== undefined) report[done] += 1;
  });
  const pools = ctx.settings.pools.filter(({ kind }) => kind === 'managed');
  await forAll(ctx, pools, async ({ name }) => {
    const sent = await topUpMessages(ctx, name);
    report.sent += sent;
  });
  return report;
}
