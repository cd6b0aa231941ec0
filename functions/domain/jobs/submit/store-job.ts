import type { Experiment } from '#domain/experiments/index.ts';
import { groupNameOf } from '#domain/identity/index.ts';
import { poolOf, type Queue } from '#domain/queues/index.ts';
import { afterWrite, createWrites, firstVersion } from '#domain/resources/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { takeNumbers } from '#kernel/counters.ts';
import { AppError, conflict, invalid } from '#kernel/errors.ts';
import type { Write } from '#kernel/table.ts';
import { type Dependencies, dependenciesOf } from '../dependencies/dependencies.ts';
import { due, type Job, type JobData, type JobRow, jobKind, type RetryPolicy } from '../job.ts';
import { queuePlace } from '../queue/place.ts';
import { wakeWorker } from '../queue/send.ts';
import { waiting } from '../queue/waiting.ts';
import { MAX_ATTEMPTS, MAX_BACKOFF_SECONDS, MAX_EXIT_CODES } from './bounds.ts';
import { durationSeconds } from './duration.ts';

/** What whoever submits a job asks of its course, whatever kind it is of. */
export interface JobWishes {
  /** How long an attempt may take. */
  readonly timeout: string;
  /** How long it may wait in its queue. */
  readonly queueTimeout?: string | undefined;
  readonly retry?: RetryPolicy | undefined;
  /** Jobs that must finish before it. */
  readonly dependsOn?: readonly number[] | undefined;
}

export interface JobDraft {
  readonly experiment: Experiment;
  readonly queue: Queue;
  readonly wishes: JobWishes;
  /** For the transaction that makes the job. */
  readonly more?: readonly Write[];
  /** Called before that, when nothing is left for which the job could be refused. */
  readonly prepare?: () => Promise<void>;
  readonly data: Omit<
    JobData,
    'queue' | 'timeout' | 'queueTimeout' | 'retry' | 'dependsOn' | 'status' | 'reason'
  >;
}

/** Dependencies may end while a job that names them is written. */
const MAX_TRIES = 6;
/** Of a job that goes well: queued, started, ended. */
const SNAPSHOTS = 3;

/** What a version of another resource is called in a job. */
export const bound = (resource: {
  readonly id: number;
  readonly snapshot: number;
  readonly data: { readonly name: string };
}) => ({ id: resource.id, snapshot: resource.snapshot, name: resource.data.name });

/** Throws `invalid` (`job_retry`) unless the policy is within its bounds. */
function requirePolicy({ attempts, exitCodes, backoffSeconds }: RetryPolicy): void {
  const isCode = (code: number): boolean => Number.isInteger(code) && code > 0 && code < 256;
  const isFine =
    Number.isInteger(attempts) &&
    attempts >= 1 &&
    attempts <= MAX_ATTEMPTS &&
    exitCodes.length <= MAX_EXIT_CODES &&
    exitCodes.every(isCode) &&
    backoffSeconds >= 0 &&
    backoffSeconds <= MAX_BACKOFF_SECONDS;
  if (isFine) return;
  throw invalid(
    'job_retry',
    `retry: use 1 to ${MAX_ATTEMPTS} attempts, exit codes from 1 to 255, and at most ${MAX_BACKOFF_SECONDS} seconds between attempts.`,
  );
}

/** Throws `locked` (`queue_locked`) where nobody may submit to the queue. */
function requireUnlocked({ id, lockedOn, data }: Queue): void {
  if (lockedOn === undefined) return;
  throw new AppError('locked', `queue: the queue ${data.name} is locked; unlock it first.`, {
    reason: 'queue_locked',
    detail: { entity: 'queue', resource_id: id },
  });
}

function contentOf({ data, queue, wishes }: JobDraft, { ids, pending }: Dependencies): JobData {
  const { timeout, queueTimeout, retry } = wishes;
  return {
    ...data,
    queue: bound(queue),
    timeout,
    ...(queueTimeout === undefined ? {} : { queueTimeout }),
    ...(retry === undefined ? {} : { retry }),
    ...(ids.length === 0 ? {} : { dependsOn: ids }),
    status: pending > 0 ? 'deferred' : 'queued',
  };
}

function firstRow(ctx: Context, draft: JobDraft, seconds: number): JobRow {
  const { queue, experiment } = draft;
  const pool = poolOf(ctx, queue.data.name);
  const { priority = 0 } = queue.data;
  return {
    state: 'queued',
    submittedBy: 'userId' in ctx.actor ? ctx.actor.userId : 0,
    groupName: groupNameOf(ctx, experiment.groupId),
    pool: pool.name,
    external: pool.kind === 'external',
    timeoutSeconds: seconds,
    ...(priority === 0 ? {} : { priority }),
    attempt: 0,
    lost: 0,
  };
}

/** Where a new job stands: it waits for a worker, or for other jobs. */
function placeOf(ctx: Context, job: Job, { pending }: Dependencies) {
  if (pending > 0) return { state: 'deferred', pending } as const;
  const { row, look } = queuePlace(ctx, job.data);
  return { ...row, ...(look === undefined ? {} : due(job.id, look)), ...waiting(job) };
}

async function numbered(ctx: Context) {
  const { resource, snapshot } = await takeNumbers(ctx.table, {
    resource: 1,
    snapshot: SNAPSHOTS,
  });
  const first = snapshot - SNAPSHOTS + 1;
  return { resource, snapshot: first, spare: [first + 1, first + 2] };
}

/**
 * Stores a new job and wakes a worker up. Job, lists and place are one transaction; whatever is lost
 * after that the sweeper makes up for. A job with dependencies waits for them first. Throws `invalid`
 * (`job_timeout`, `job_retry`, `job_dependency`), `locked` (`queue_locked`).
 */
export async function storeJob(ctx: Context, draft: JobDraft): Promise<Job> {
  const { experiment, queue, wishes } = draft;
  const { groupId } = experiment;
  const lookup = { resource_id: experiment.id };
  requirePermission(ctx, 'write', { groupId, entity: 'experiment', lookup });
  requireUnlocked(queue);
  if (wishes.retry !== undefined) requirePolicy(wishes.retry);
  if (wishes.queueTimeout !== undefined) durationSeconds(wishes.queueTimeout, 'queueTimeout');
  const row = firstRow(ctx, draft, durationSeconds(wishes.timeout));
  const numbers = await numbered(ctx);
  const look = dependenciesOf(ctx, numbers.resource, groupId, wishes.dependsOn ?? []);
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    const needs = await look();
    if (tries === 1) await draft.prepare?.();
    const data = contentOf(draft, needs);
    const resource = firstVersion(ctx, jobKind, numbers, { groupId, data });
    const job: Job = { ...resource, ...row, spare: numbers.spare };
    const place = placeOf(ctx, job, needs);
    const extra = { ...row, spare: numbers.spare, ...place };
    const planned = await createWrites(ctx, jobKind, resource, extra as never);
    const outcome = await ctx.table.transact([
      ...planned.writes,
      ...needs.writes,
      ...(draft.more ?? []),
    ]);
    if (!outcome.ok) continue;
    afterWrite(ctx, jobKind, resource);
    if (needs.pending === 0) await wakeWorker(ctx, job);
    needs.told(ctx);
    return { ...job, ...(place as Partial<Job>) };
  }
  throw conflict('write_conflict', 'What the job needs changes too fast; try again.');
}
