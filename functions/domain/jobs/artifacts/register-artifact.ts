import {
  type Artifact,
  type ArtifactUri,
  artifactKind,
  artifactWrites,
  measureStored,
  ownLocation,
} from '#domain/artifacts/index.ts';
import { afterWrite, newResource, requireNameFree, resourceKeys } from '#domain/resources/index.ts';
import { artifactKey } from '#domain/tracking/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { AppError, conflict, invalid } from '#kernel/errors.ts';
import { itemExists, update } from '#kernel/table.ts';
import { getJob, type Job, jobTarget, ownRunOf } from '../job.ts';
import { artifactTask } from './artifact-task.ts';

export interface NewArtifact {
  readonly groupId: number;
  readonly jobId: number;
  readonly uri: ArtifactUri;
  readonly description: string;
  readonly pluginSnapshotId?: number;
  readonly taskId?: number;
}

/** What the store holds under the URI, which must lie below the job's own run. */
async function measure(
  ctx: Context,
  job: Job,
  uri: string,
): Promise<{ readonly isDir: boolean; readonly size: number }> {
  const runId = ownRunOf(job);
  if (runId === undefined) {
    throw new AppError('not_found', "The job's run is not kept here.", { reason: 'run_not_found' });
  }
  const location = ownLocation(uri);
  const stored =
    location?.runId === runId
      ? await measureStored(ctx, artifactKey(runId, location.path))
      : undefined;
  if (stored !== undefined) return { isDir: stored.isDir, size: stored.size };
  throw new AppError('not_found', `The run ${runId} of the job holds no artifact at this URI.`, {
    reason: 'job_store',
  });
}

export function requireBothOrNeither(input: {
  readonly pluginSnapshotId?: number;
  readonly taskId?: number;
}): void {
  if ((input.pluginSnapshotId === undefined) !== (input.taskId === undefined)) {
    throw invalid('artifact_task', 'pluginSnapshotId and taskId: give both or neither.');
  }
}

/**
 * Registers an output of a job by its URI. Throws `invalid` (`job_run_not_set`, `artifact_task`,
 * `query_parameter`), `not_found`, `conflict` (the URI is registered).
 */
export async function registerArtifact(ctx: Context, input: NewArtifact): Promise<Artifact> {
  const { pluginSnapshotId, taskId } = input;
  requireBothOrNeither(input);
  const job = await getJob(ctx, input.jobId);
  requirePermission(ctx, 'write', jobTarget(job));
  if (job.groupId !== input.groupId) {
    throw invalid('query_parameter', 'group: must be the group of the job.');
  }
  if (job.runId === undefined) {
    throw invalid('job_run_not_set', 'The job has no tracking run yet; set it first.');
  }
  const stored = await measure(ctx, job, input.uri);
  const task =
    pluginSnapshotId === undefined || taskId === undefined
      ? null
      : await artifactTask(ctx, { pluginSnapshotId, taskId });
  const artifact = await newResource(ctx, artifactKind, {
    groupId: job.groupId,
    data: { uri: input.uri, description: input.description, jobId: job.id, task, ...stored },
  });
  const planned = await artifactWrites(ctx, artifact);
  const outcome = await ctx.table.transact([
    ...planned.writes,
    update(resourceKeys.current(job.id), { append: { artifacts: [artifact.id] } }, itemExists),
  ]);
  if (!outcome.ok) {
    requireNameFree(artifactKind, planned, outcome, artifact);
    throw conflict('write_conflict', 'The job changed meanwhile; try again.');
  }
  afterWrite(ctx, artifactKind, artifact);
  return artifact;
}
