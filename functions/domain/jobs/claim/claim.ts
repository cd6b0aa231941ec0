import { hashToken } from '#domain/identity/index.ts';
import { resourceKeys } from '#domain/resources/index.ts';
import { type Context, requireWorker } from '#kernel/context.ts';
import { AppError, unavailable } from '#kernel/errors.ts';
import { update } from '#kernel/table.ts';
import { heldBy, loadForWorker } from '../fence.ts';
import { due, type Job, leaseTimes } from '../job.ts';
import type { ClaimRequest, JobClaim } from '../protocol.ts';
import { newJobToken } from '../workers/tokens.ts';
import { offeredJobs } from './choose.ts';
import { attemptOfCall } from './claim-call.ts';
import { claimOf, type Hold } from './claim-of.ts';
import { take } from './take.ts';

const MAX_TRIES = 4;

const isClaimable = (ctx: Context, job: Job, pool: string): boolean =>
  job.pool === pool &&
  job.state === 'queued' &&
  job.held !== true &&
  job.deletedOn === undefined &&
  (job.notBefore ?? 0) <= ctx.clock.now() &&
  ctx.clock.now() < (job.queueUntil ?? Number.POSITIVE_INFINITY);

/** The message is of the attempt that comes next. */
const isNext = (job: Job, { attempt }: ClaimRequest): boolean =>
  attempt === undefined || attempt === job.attempt + 1;

/** The call has the job already: it is repeated because its answer got lost. */
const isRepeated = (job: Job, { call, worker }: ClaimRequest, attempt: number | undefined) =>
  call !== undefined &&
  job.claimedBy === call &&
  job.worker === worker &&
  job.state === 'started' &&
  job.attempt === attempt;

/** The same attempt again, with a new token for its child; `undefined` when it was lost meanwhile. */
async function repeat(ctx: Context, job: Job): Promise<JobClaim | undefined> {
  const { attempt, runId = '', lease = '' } = job;
  const hold: Hold = { attempt, runId, lease, jobToken: newJobToken(ctx, job.id, attempt) };
  const claim = await claimOf(ctx, job, hold);
  const leaseUntil = ctx.clock.now() + leaseTimes(ctx).seconds * 1000;
  const outcome = await ctx.table.write(
    update(
      resourceKeys.current(job.id),
      {
        set: { tokenHash: hashToken(hold.jobToken), leaseUntil, ...due(job.id, leaseUntil) },
      },
      heldBy({ jobId: job.id, attempt, lease }),
    ),
  );
  return outcome.ok ? claim : undefined;
}

/** The job of a message and no other. Whatever else changes it meanwhile is no reason to leave it. */
async function claimNamed(ctx: Context, first: Job, request: ClaimRequest) {
  let job = first;
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    if (!isClaimable(ctx, job, request.pool) || !isNext(job, request)) return undefined;
    const claim = await take(ctx, job, request);
    if (claim === 'full') return undefined;
    if (claim !== 'lost') return claim;
    job = await loadForWorker(ctx, job.id);
  }
  throw contended();
}

const contended = () => unavailable('The jobs are being taken by others; try again.');

/** One job that cannot be claimed must not keep the pool from the others. */
async function tryToTake(ctx: Context, job: Job, request: ClaimRequest) {
  try {
    return isClaimable(ctx, job, request.pool) ? await take(ctx, job, request) : undefined;
  } catch (error) {
    if (error instanceof AppError && error.code === 'unavailable') throw error;
    const message = error instanceof Error ? error.message : String(error);
    ctx.log.error('claim_failed', { job: job.id, message });
    return undefined;
  }
}

/** What the same call has got that is being made at the same time: it notes nothing where it gets the job it names. */
async function takenByCall(ctx: Context, request: ClaimRequest, lost: Job) {
  if (lost.id !== request.jobId) return undefined;
  const job = await loadForWorker(ctx, lost.id);
  return isRepeated(job, request, request.attempt) ? repeat(ctx, job) : undefined;
}

/** The first of what is offered that nobody else takes meanwhile; `lost` where others were quicker at all. */
async function takeOffered(ctx: Context, request: ClaimRequest, named: Job | undefined) {
  let lost = 0;
  for await (const { jobs } of offeredJobs(ctx, request.pool, named)) {
    for (const job of jobs) {
      const taken = await tryToTake(ctx, job, request);
      if (taken === 'full') break;
      if (taken === 'lost') lost += 1;
      const claim = taken === 'lost' ? await takenByCall(ctx, request, job) : taken;
      if (claim !== undefined) return claim;
    }
  }
  return lost > 0 ? 'lost' : undefined;
}

/** Any job that waits in the pool, by whose turn it is. */
async function claimAny(ctx: Context, request: ClaimRequest, named?: Job) {
  const before = await attemptOfCall(ctx, request);
  if (before !== undefined) {
    const job = await loadForWorker(ctx, before.jobId);
    return isRepeated(job, request, before.attempt) ? repeat(ctx, job) : undefined;
  }
  let known = named;
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    const claim = await takeOffered(ctx, request, known);
    if (claim !== 'lost') return claim;
    known = named && (await loadForWorker(ctx, named.id));
  }
  throw contended();
}

/**
 * Gives a worker a job of its pool: at most one worker gets each attempt. A message names a job, and stands
 * with `orAnother` for whichever is next. `undefined` when there is none. Throws `not_found` for a job that
 * is none of the pool's, and `unavailable` where others are always quicker.
 */
export async function claimJob(ctx: Context, request: ClaimRequest): Promise<JobClaim | undefined> {
  requireWorker(ctx, request.pool);
  const { jobId, attempt, orAnother } = request;
  if (jobId === undefined) return claimAny(ctx, request);
  const job = await loadForWorker(ctx, jobId);
  if (isRepeated(job, request, attempt)) return repeat(ctx, job);
  if (!orAnother) return claimNamed(ctx, job, request);
  const isOffered = isClaimable(ctx, job, request.pool) && isNext(job, request);
  return claimAny(ctx, request, isOffered ? job : undefined);
}
