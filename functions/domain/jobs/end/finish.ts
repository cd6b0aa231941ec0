import { type Artifact, artifactKind, artifactWrites } from '#domain/artifacts/index.ts';
import { afterWrite, resourceKeys } from '#domain/resources/index.ts';
import { endRunWrites } from '#domain/tracking/index.ts';
import { asSystem, type Context, requireWorker } from '#kernel/context.ts';
import { takeNumbers } from '#kernel/counters.ts';
import { invalid, unavailable } from '#kernel/errors.ts';
import type { Write } from '#kernel/table.ts';
import { artifactTask } from '../artifacts/artifact-task.ts';
import { changeJob } from '../change-job.ts';
import { tellDependants } from '../dependencies/settle.ts';
import { type Fence, heldBy, isHeld, leaseLost, loadForWorker } from '../fence.ts';
import { cancelMessage, type Job } from '../job.ts';
import { lineWrites } from '../log/log.ts';
import { progressRow } from '../progress.ts';
import type { FinishedArtifact, FinishRequest } from '../protocol.ts';
import { requireUploaded } from '../uploads/stored.ts';
import { isRetryable, mayTryAgain } from './policy.ts';
import { queueAgain } from './requeue.ts';

const MAX_TRIES = 4;

/** The artifacts of the attempt as resources of the job's group. */
async function newArtifacts(
  ctx: Context,
  job: Job,
  finished: readonly FinishedArtifact[],
): Promise<readonly Artifact[]> {
  if (finished.length === 0) return [];
  await Promise.all(finished.map((artifact) => requireUploaded(ctx, job.runId ?? '', artifact)));
  const count = finished.length;
  const last = await takeNumbers(ctx.table, { resource: count, snapshot: count });
  const now = ctx.clock.now();
  return Promise.all(
    finished.map(async (artifact, index): Promise<Artifact> => {
      const offset = count - 1 - index;
      return {
        id: last.resource - offset,
        type: artifactKind.type,
        groupId: job.groupId,
        createdOn: now,
        snapshot: last.snapshot - offset,
        snapshotBy: job.submittedBy,
        snapshotOn: now,
        revision: 1,
        snapshots: 1,
        links: {},
        data: {
          uri: uriOf(job, artifact),
          description: `Artifact ${artifact.name} of job ${job.id}`,
          jobId: job.id,
          isDir: artifact.isDir,
          size: artifact.size,
          task: await artifactTask(asSystem(ctx), artifact),
        },
      };
    }),
  );
}

const uriOf = (job: Job, { path }: FinishedArtifact): string =>
  `mlflow-artifacts:/${job.data.experiment.id}/${job.runId}/artifacts/${path}`;

/** An output that the job has registered by itself: its commit can then never succeed. */
async function registered(
  ctx: Context,
  job: Job,
  finished: readonly FinishedArtifact[],
): Promise<string | undefined> {
  const keys = finished.map((artifact) =>
    resourceKeys.name(artifactKind.type, `job:${job.id}`, uriOf(job, artifact)),
  );
  const taken = (await ctx.table.batchGet(keys)).findIndex((item) => item !== undefined);
  return finished[taken]?.name;
}

/** The attempt that asks has ended the job already: it repeats a commit whose answer got lost. */
const isRepeated = (job: Job, fence: Fence): boolean =>
  job.attempt === fence.attempt && job.endedLease === fence.lease;

/** Why it failed is in the log too, where people look first. */
function explanation(ctx: Context, job: Job, { reason = 'failed', message }: FinishRequest) {
  const why = message === undefined || message === '' ? reason : `${reason}: ${message}`;
  return lineWrites(ctx, job, { severity: 'ERROR', message: `The job failed (${why}).` });
}

/** Whoever asked for the end of the job was told that it is cancelled, however far it got. */
const outcomeOf = (job: Job, request: FinishRequest): FinishRequest =>
  job.cancelOn === undefined
    ? request
    : {
        ...request,
        outcome: 'failed',
        reason: 'cancelled',
        message: cancelMessage(job),
        artifacts: [],
      };

const runStatus = ({ outcome, reason }: FinishRequest) => {
  if (outcome === 'finished') return 'FINISHED';
  return reason === 'cancelled' ? 'KILLED' : 'FAILED';
};

/** What the attempts before and this one used. */
function usageAfter({ usage: before }: Job, { usage }: FinishRequest): Job['usage'] {
  if (usage === undefined || before === undefined) return usage ?? before;
  return {
    cpuSeconds: before.cpuSeconds + usage.cpuSeconds,
    peakMemoryBytes: Math.max(before.peakMemoryBytes, usage.peakMemoryBytes),
  };
}

async function commit(ctx: Context, job: Job, fence: Fence, request: FinishRequest) {
  const artifacts = await newArtifacts(ctx, job, request.artifacts);
  const now = ctx.clock.now();
  const planned = await Promise.all(artifacts.map((artifact) => artifactWrites(ctx, artifact)));
  const more: Write[] = [
    ...planned.flatMap(({ writes }) => writes),
    ...endRunWrites(job.runId ?? '', { status: runStatus(request), endTime: now }),
  ];
  const failed = request.outcome === 'failed';
  if (failed) more.push(...(await explanation(ctx, job, request)));
  const usage = usageAfter(job, request);
  const { progress } = request;
  const ended = await changeJob(ctx, job, {
    status: request.outcome,
    ...(failed ? { reason: request.reason ?? 'failed' } : {}),
    row: {
      endedOn: now,
      endedLease: fence.lease,
      message: request.message,
      artifacts: [...(job.artifacts ?? []), ...artifacts.map(({ id }) => id)],
      ...(usage === undefined ? {} : { usage }),
      ...(progress === undefined ? {} : { progress: progressRow(ctx, progress) }),
    },
    remove: ['cancelOn'],
    if: heldBy(fence),
    runId: job.runId,
    more,
  });
  if (ended === undefined) return false;
  for (const artifact of artifacts) afterWrite(ctx, artifactKind, artifact);
  tellDependants(ctx, ended);
  return true;
}

/** Ends the attempt: for good, or for another one where its policy names the exit code. */
function end(ctx: Context, job: Job, fence: Fence, reported: FinishRequest): Promise<boolean> {
  const request = outcomeOf(job, reported);
  const { outcome, reason, exitCode } = request;
  const isOver = outcome === 'finished' || reason === 'cancelled' || reason === 'timeout';
  if (isOver || !isRetryable(job, exitCode) || !mayTryAgain(job)) {
    return commit(ctx, job, fence, request);
  }
  const why = `exit code ${exitCode}`;
  const usage = usageAfter(job, request);
  return queueAgain(ctx, job, { why, charge: 'retried', usage, if: heldBy(fence) });
}

/**
 * The one commit of an attempt: state, artifacts and run end together or not at all, and only
 * while the attempt holds the job. A job that failed with an exit code that its policy names is queued
 * again while it has attempts left. Repeating it is fine. Throws `conflict` (`lease_lost`),
 * `invalid` (`artifact_incomplete`).
 */
export async function finishJob(
  ctx: Context,
  jobId: number,
  request: FinishRequest,
): Promise<void> {
  requireWorker(ctx);
  const fence = { jobId, attempt: request.attempt, lease: request.lease };
  for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
    const job = await loadForWorker(ctx, jobId);
    if (isRepeated(job, fence)) return;
    if (!isHeld(job, fence)) throw leaseLost(jobId);
    if (await end(ctx, job, fence, request)) return;
    const taken = await registered(ctx, job, request.artifacts);
    // Asked last: a commit of the same attempt may have come between.
    if (taken !== undefined && isHeld(await loadForWorker(ctx, jobId), fence)) {
      throw invalid('artifact_exists', `The job has registered the artifact ${taken} itself.`, {
        name: taken,
      });
    }
  }
  throw unavailable('The job is being changed by others; try again.');
}
