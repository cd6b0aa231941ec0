import { entrypointKind } from '#domain/entrypoints/index.ts';
import { hashToken, usernamesOf } from '#domain/identity/index.ts';
import { getSnapshot, resourceKeys } from '#domain/resources/index.ts';
import { newRunWrites } from '#domain/tracking/index.ts';
import { asSystem, type Context, requireWorker } from '#kernel/context.ts';
import { compare } from '#kernel/table.ts';
import { artifactInputs } from './artifact-inputs.ts';
import { changeJob } from './change-job.ts';
import {
  due,
  GRACE_SECONDS,
  HEARTBEAT_SECONDS,
  type Job,
  LEASE_SECONDS,
  NOT_WAITING,
  readJob,
} from './job.ts';
import { typedParameters } from './job-details.ts';
import type { ClaimRequest, JobClaim } from './protocol.ts';
import { newJobToken } from './tokens.ts';

/** How many waiting jobs a worker without a message tries at once. */
const CANDIDATES = 5;

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
    params: Object.entries(job.data.values).map(([key, value]) => ({ key, value })),
    tags: [
      { key: 'dioptra.jobId', value: String(job.id) },
      { key: 'assay.job', value: link },
      { key: 'assay.attempt', value: String(attempt) },
    ],
  });
}

/** Takes the job for a worker: lease, token, run and state in one transaction; `undefined` when another was first. */
async function take(ctx: Context, job: Job, worker: string): Promise<JobClaim | undefined> {
  const system = asSystem(ctx);
  const attempt = job.attempt + 1;
  const runId = ctx.ids.hex32();
  const lease = ctx.ids.secret(16);
  const jobToken = newJobToken(ctx, job.id, attempt);
  const { entrypoint: of } = job.data;
  const [entrypoint, names] = await Promise.all([
    getSnapshot(system, entrypointKind, of.id, of.snapshot),
    usernamesOf(system, [job.submittedBy]),
  ]);
  const username = names.get(job.submittedBy) ?? '';
  const inputs = await artifactInputs(system, job, entrypoint.data);
  const now = ctx.clock.now();
  const leaseUntil = now + LEASE_SECONDS * 1000;
  const taken = await changeJob(ctx, job, {
    data: { status: 'started' },
    row: {
      attempt,
      lease,
      leaseUntil,
      runId,
      worker,
      tokenHash: hashToken(jobToken),
      startedOn: now,
      ...due(job.id, leaseUntil),
    },
    remove: [...NOT_WAITING],
    if: compare('state', '=', 'queued'),
    more: runWrites(ctx, job, runId, attempt, username),
  });
  if (taken === undefined) return undefined;
  const snapshotPath = `/api/v1/entrypoints/${of.id}/snapshots/${of.snapshot}`;
  return {
    jobId: job.id,
    attempt,
    lease,
    leaseSeconds: LEASE_SECONDS,
    heartbeatSeconds: HEARTBEAT_SECONDS,
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
    config: entrypoint.data.config,
    parameters: typedParameters(job, entrypoint.data),
    pluginsBundlePath: `${snapshotPath}/plugins/bundle?fileType=tar_gz`,
    artifactPluginsBundlePath: `${snapshotPath}/artifactPlugins/bundle?fileType=tar_gz`,
    artifactTasks: { ...entrypoint.data.artifactTasks },
    artifactInputs: inputs,
  };
}

/** Jobs that the request may be about: the one of its message, or the first ones waiting in the pool. */
async function candidates(ctx: Context, request: ClaimRequest): Promise<readonly Job[]> {
  if (request.jobId !== undefined) {
    const item = await ctx.table.get(resourceKeys.current(request.jobId));
    return item?.type === 'job' ? [await readJob(ctx, item)] : [];
  }
  const page = await ctx.table.query({
    index: 'gsi2',
    pk: `WAITING#${request.pool}`,
    limit: CANDIDATES,
  });
  return Promise.all(page.items.map((item) => readJob(ctx, item)));
}

/**
 * Gives a worker a job of its pool: at most one worker gets each attempt. `undefined` when
 * there is none, or the job of the message is taken, ended or was another attempt's.
 */
export async function claimJob(ctx: Context, request: ClaimRequest): Promise<JobClaim | undefined> {
  requireWorker(ctx, request.pool);
  for (const job of await candidates(ctx, request)) {
    const wanted =
      job.pool === request.pool &&
      job.state === 'queued' &&
      job.deletedOn === undefined &&
      (request.attempt === undefined || request.attempt === job.attempt + 1);
    const claim = wanted ? await take(ctx, job, request.worker) : undefined;
    if (claim !== undefined) return claim;
  }
  return undefined;
}
