import { afterWrite, changeWrites } from '#domain/resources/index.ts';
import { seenEvenUnanswered } from '#domain/tracking/index.ts';
import type { Context } from '#kernel/context.ts';
import { takeNumbers } from '#kernel/counters.ts';
import type { Condition, Write } from '#kernel/table.ts';
import { freeSlot } from './claim/slots.ts';
import {
  due,
  isUnsettled,
  type Job,
  type JobData,
  type JobRow,
  type JobState,
  jobKind,
  NOT_DUE,
} from './job.ts';
import { NOT_WAITING, waiting } from './queue/waiting.ts';

export interface JobChange {
  readonly status: JobState;
  /** A word: why it failed. */
  readonly reason?: string;
  readonly row?: { readonly [K in keyof JobRow]?: JobRow[K] | undefined };
  readonly remove?: readonly (keyof JobRow)[];
  /** When the sweeper must look at it. */
  readonly look?: number | undefined;
  /** It waits for a worker of its pool. */
  readonly waits?: boolean;
  /** Beside the condition that nothing else changed the job since it was read. */
  readonly if?: Condition;
  readonly more?: readonly Write[];
  /** The tracking run that `more` changes. */
  readonly runId?: string | undefined;
}

/** What belongs to an attempt that holds the job. */
const HELD = ['lease', 'leaseUntil', 'tokenHash', 'slot'] as const;
/** What belongs to a job that waits. */
const QUEUED = ['notBefore', 'queueUntil'] as const;

/** The next number of a snapshot: one that was taken with the job where it is still the newest. */
async function nextSnapshot(ctx: Context, { spare = [], snapshot }: Job) {
  const [next, ...rest] = spare.filter((number) => number > snapshot);
  if (next !== undefined) return { snapshot: next, spare: rest };
  return { snapshot: (await takeNumbers(ctx.table, { snapshot: 1 })).snapshot, spare: [] };
}

const HOUR_MS = 3_600_000;

/** How long workers have held a job that leaves one now, and what that cost. */
function heldRow(ctx: Context, job: Job) {
  if (job.state !== 'started' || job.lease === undefined || job.startedOn === undefined) return {};
  const held = Math.max(0, ctx.clock.now() - job.startedOn);
  const price = ctx.settings.pools.find(({ name }) => name === job.pool)?.usdPerHour;
  return {
    heldMs: (job.heldMs ?? 0) + held,
    ...(price === undefined ? {} : { cost: (job.cost ?? 0) + (price * held) / HOUR_MS }),
  };
}

/** What is on the row beside the resource, in the state that the job moves to. */
function rowAfter(ctx: Context, job: Job, change: JobChange) {
  const { status } = change;
  // Whoever waits for it is told after this, by the sweeper at the latest.
  const isOwed = !isUnsettled(status) && job.awaited === true;
  const look = isOwed ? ctx.clock.now() : change.look;
  const set = {
    ...(status === 'started' ? {} : heldRow(ctx, job)),
    ...change.row,
    state: status,
    ...(look === undefined ? {} : due(job.id, look)),
    ...(change.waits === true ? waiting(job) : {}),
  };
  const remove = [
    ...(look === undefined ? NOT_DUE : []),
    ...(change.waits === true ? [] : NOT_WAITING),
    ...(status === 'started' ? QUEUED : [...HELD, ...(status === 'queued' ? [] : QUEUED)]),
    ...(change.remove ?? []),
  ];
  const kept = new Set(Object.keys(set).filter((name) => set[name as never] !== undefined));
  return { set, remove: [...new Set(remove)].filter((name) => !kept.has(name)) };
}

function dataAfter({ reason: _, ...before }: JobData, { status, reason }: JobChange): JobData {
  return { ...before, status, ...(reason === undefined ? {} : { reason }) };
}

/** Whoever searches runs then sees the job's as it is afterwards. */
const seen = <T>(ctx: Context, job: Job, { runId }: JobChange, commit: () => Promise<T>) =>
  runId === undefined
    ? commit()
    : seenEvenUnanswered(ctx, { runId, experimentId: job.data.experiment.id }, commit);

/**
 * Moves a job to another state with a new snapshot, in one transaction; the sweeper and those who
 * wait find it where that state says. `undefined` when another write came between or the condition is
 * false; nothing is written then. It asks for no permission: the verbs around it know who may do what.
 */
export async function changeJob(
  ctx: Context,
  job: Job,
  change: JobChange,
): Promise<Job | undefined> {
  const { snapshot, spare } = await nextSnapshot(ctx, job);
  const row = rowAfter(ctx, job, change);
  const after: Job = {
    ...job,
    ...(row.set as Partial<JobRow>),
    data: dataAfter(job.data, change),
    snapshot,
    snapshotBy: 'userId' in ctx.actor ? ctx.actor.userId : job.snapshotBy,
    snapshotOn: ctx.clock.now(),
    snapshots: job.snapshots + 1,
    revision: job.revision + 1,
  };
  const planned = await changeWrites(ctx, jobKind, job, after, {
    extra: { ...row.set, ...(job.spare === undefined ? {} : { spare }) } as never,
    removeExtra: row.remove,
    ...(change.if === undefined ? {} : { if: change.if }),
    unlisted: isUnsettled(job.state) && isUnsettled(change.status),
  });
  const commit = () => ctx.table.transact([...planned.writes, ...(change.more ?? [])]);
  const outcome = await seen(ctx, job, change, commit);
  if (!outcome.ok) return undefined;
  afterWrite(ctx, jobKind, after);
  if (change.status !== 'started') freeSlot(ctx, job);
  const left = Object.entries(after).filter(([name]) => !row.remove.includes(name as never));
  return Object.fromEntries(left) as unknown as Job;
}
