import { entrypointKind, renderedConfig } from '#domain/entrypoints/index.ts';
import { hashToken, usernamesOf } from '#domain/identity/index.ts';
import { getSnapshot, resourceKeys } from '#domain/resources/index.ts';
import { MAX_RUN_KEY, newRunWrites } from '#domain/tracking/index.ts';
import { asSystem, type Context, requireWorker } from '#kernel/context.ts';
import { AppError, unavailable } from '#kernel/errors.ts';
import { compare, type Item, update } from '#kernel/table.ts';
import { changeJob } from '../change-job.ts';
import { heldBy, loadForWorker } from '../fence.ts';
import {
  due,
  GRACE_SECONDS,
  type Job,
  leaseTimes,
  NOT_WAITING,
  readJob,
  waitingIn,
} from '../job.ts';
import { typedParameters } from '../job-details.ts';
import type { ClaimRequest, JobClaim } from '../protocol.ts';
import { choicesOf } from '../submit/job-swaps.ts';
import { newJobToken } from '../workers/tokens.ts';
import { artifactInputs } from './artifact-inputs.ts';
import { attemptOfCall, callWrites } from './claim-call.ts';

/** How many waiting jobs a worker without a message tries at once. */
const CANDIDATES = 5;
const MAX_TRIES = 4;
/** So that the claim stays one transaction, of 4 MB and 100 writes at most. */
const MAX_RECORDED_BYTES = 512 * 1024;

/** Of the values those that a run can hold: they are a record for people, and no reason to fail. */
function recordable(values: Job['data']['values']) {
  let room = MAX_RECORDED_BYTES;
  return Object.entries(values).flatMap(([key, value]) => {
    const size = Buffer.byteLength(key) + Buffer.byteLength(value);
    if (key.length > MAX_RUN_KEY || size > room) return [];
    room -= size;
    return [{ key, value }];
  });
}

function runWrites(ctx: Context, job: Job, runId: string, attempt: number, username: string) {
  const link = `/api/v1/jobs/${job.id}`;
  return newRunWrites({
    runId,
    experimentId: job.data.experiment.id,
    groupId: job.groupId,
    jobId: job.id,
    attempt,
    user: username,
    name: `${job.data.entrypoint.name} ${job.id}${attempt > 1 ? ` attempt ${attempt}` : ''}`,
    startTime: ctx.clock.now(),
    params: recordable(job.data.values),
    tags: [
      { key: 'dioptra.jobId', value: String(job.id) },
      { key: 'assay.job', value: link },
      { key: 'assay.attempt', value: String(attempt) },
    ],
  });
}

/** What makes an attempt one: its number, its run, and what the worker and the child show. */
interface Hold {
  readonly attempt: number;
  readonly runId: string;
  readonly lease: string;
  readonly jobToken: string;
}

/** Takes the job for a worker: lease, token, run and state in one transaction; `undefined` when another write came between. */
async function take(ctx: Context, job: Job, request: ClaimRequest): Promise<JobClaim | undefined> {
  const attempt = job.attempt + 1;
  const hold: Hold = {
    attempt,
    runId: ctx.ids.hex32(),
    lease: ctx.ids.secret(16),
    jobToken: newJobToken(ctx, job.id, attempt),
  };
  const [claim, names] = await Promise.all([
    claimOf(ctx, job, hold),
    usernamesOf(ctx, [job.submittedBy]),
  ]);
  const { runId, lease } = hold;
  const now = ctx.clock.now();
  const leaseUntil = now + leaseTimes(ctx).seconds * 1000;
  const taken = await changeJob(ctx, job, {
    data: { status: 'started' },
    row: {
      attempt,
      lease,
      leaseUntil,
      runId,
      worker: request.worker,
      claimedBy: request.call,
      tokenHash: hashToken(hold.jobToken),
      startedOn: now,
      ...due(job.id, leaseUntil),
    },
    remove: [...NOT_WAITING],
    if: compare('state', '=', 'queued'),
    more: [
      ...runWrites(ctx, job, runId, attempt, names.get(job.submittedBy) ?? ''),
      ...callWrites(ctx, request, { jobId: job.id, attempt }),
    ],
  });
  return taken === undefined ? undefined : claim;
}

/** What the worker needs to know of an attempt. */
async function claimOf(
  ctx: Context,
  job: Job,
  { attempt, runId, lease, jobToken }: Hold,
): Promise<JobClaim> {
  const system = asSystem(ctx);
  const { entrypoint: of } = job.data;
  const entrypoint = await getSnapshot(system, entrypointKind, of.id, of.snapshot);
  const inputs = await artifactInputs(system, job, entrypoint.data);
  const times = leaseTimes(ctx);
  const snapshotPath = `/api/v1/entrypoints/${of.id}/snapshots/${of.snapshot}`;
  return {
    jobId: job.id,
    attempt,
    lease,
    leaseSeconds: times.seconds,
    heartbeatSeconds: times.heartbeatSeconds,
    timeoutSeconds: job.timeoutSeconds,
    graceSeconds: GRACE_SECONDS,
    groupId: job.groupId,
    experimentId: job.data.experiment.id,
    experimentName: job.data.experiment.name,
    entrypointName: of.name,
    runId,
    username: `job-${job.id}`,
    jobToken,
    runtime: 'dioptra',
    config: await renderedConfig(entrypoint.data, choicesOf(job.data)),
    parameters: typedParameters(job, entrypoint.data),
    pluginsBundlePath: `${snapshotPath}/plugins/bundle?fileType=tar_gz`,
    artifactPluginsBundlePath: `${snapshotPath}/artifactPlugins/bundle?fileType=tar_gz`,
    artifactTasks: { ...entrypoint.data.artifactTasks },
    artifactInputs: inputs,
  };
}

const isClaimable = (job: Job, request: ClaimRequest): boolean =>
  job.pool === request.pool &&
  job.state === 'queued' &&
  job.held !== true &&
  job.deletedOn === undefined &&
  (request.attempt === undefined || request.attempt === job.attempt + 1);

/** The call has the job already: it is repeated because its answer got lost. */
const isRepeated = (job: Job, request: ClaimRequest): boolean =>
  request.call !== undefined &&
  job.claimedBy === request.call &&
  job.worker === request.worker &&
  job.state === 'started' &&
  job.attempt === request.attempt;

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

/** The job of a message. Whatever else changes it meanwhile is no reason to leave it. */
async function claimNamed(
  ctx: Context,
  jobId: number,
  request: ClaimRequest,
): Promise<JobClaim | undefined> {
  for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
    const job = await loadForWorker(ctx, jobId);
    if (isRepeated(job, request)) return repeat(ctx, job);
    if (!isClaimable(job, request)) return undefined;
    const claim = await take(ctx, job, request);
    if (claim !== undefined) return claim;
  }
  throw unavailable('The job is being changed by others; try again.');
}

/** The first job that waits in the pool and that nobody else takes meanwhile. */
async function claimNext(ctx: Context, request: ClaimRequest): Promise<JobClaim | undefined> {
  const before = await attemptOfCall(ctx, request);
  if (before !== undefined) {
    const job = await loadForWorker(ctx, before.jobId);
    const { attempt } = before;
    return isRepeated(job, { ...request, attempt }) ? repeat(ctx, job) : undefined;
  }
  const page = await ctx.table.query({
    index: 'gsi2',
    pk: waitingIn(request.pool),
    limit: CANDIDATES,
  });
  for (const item of page.items) {
    const claim = await tryNext(ctx, item, request);
    if (claim !== undefined) return claim;
  }
  return undefined;
}

/** One job that cannot be claimed must not keep the pool from the others. */
async function tryNext(ctx: Context, item: Item, request: ClaimRequest) {
  try {
    const job = await readJob(ctx, item);
    return isClaimable(job, request) ? await take(ctx, job, request) : undefined;
  } catch (error) {
    if (error instanceof AppError && error.code === 'unavailable') throw error;
    const message = error instanceof Error ? error.message : String(error);
    ctx.log.error('claim_failed', { job: item.pk, message });
    return undefined;
  }
}

/**
 * Gives a worker a job of its pool: at most one worker gets each attempt. `undefined` when
 * there is none, or the job of the message is taken, ended or was another attempt's. Throws
 * `not_found` for a job that is none of the pool's.
 */
export async function claimJob(ctx: Context, request: ClaimRequest): Promise<JobClaim | undefined> {
  requireWorker(ctx, request.pool);
  return request.jobId === undefined
    ? claimNext(ctx, request)
    : claimNamed(ctx, request.jobId, request);
}
