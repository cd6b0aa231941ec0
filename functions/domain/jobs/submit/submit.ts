import { type Entrypoint, entrypointKind, queueIds } from '#domain/entrypoints/index.ts';
import { type Experiment, entrypointIds, experimentKind } from '#domain/experiments/index.ts';
import { groupNameOf } from '#domain/identity/index.ts';
import { poolOf, type Queue, queueKind } from '#domain/queues/index.ts';
import {
  afterWrite,
  createWrites,
  deletedError,
  getSnapshot,
  newResource,
  readCurrent,
  readRefs,
  rememberRefs,
  resourceKeys,
} from '#domain/resources/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { conflict, invalid, notFound } from '#kernel/errors.ts';
import { check, type Item, missing } from '#kernel/table.ts';
import { due, type Job, type JobRow, jobKind, UNSENT_SECONDS, waiting } from '../job.ts';
import { sendJob } from '../queue/send.ts';
import type { SwapWish } from './choose-swaps.ts';
import { choicesOf, jobSwaps } from './job-swaps.ts';
import { checkArtifactValues, jobValues, requireKnownValues } from './job-values.ts';
import { timeoutSeconds } from './timeout.ts';

export interface NewJob {
  readonly experimentId: number;
  readonly entrypointId: number;
  readonly queueId: number;
  readonly description: string;
  readonly values: { readonly [name: string]: string };
  readonly artifactValues: {
    readonly [name: string]: { readonly id: number; readonly snapshotId: number };
  };
  readonly timeout: string;
  readonly swaps: readonly SwapWish[];
  readonly entrypointSnapshot?: number;
}

interface Parts {
  readonly experiment: Experiment;
  readonly entrypoint: Entrypoint;
  readonly queue: Queue;
}

const entrypointMissing = (id: number, experimentId: number) =>
  invalid(
    'not_registered',
    `entrypoint: the entrypoint ${id} is not one of the experiment ${experimentId}; add it to the experiment first.`,
    { entity: entrypointKind.type, resource_id: id, experiment_id: experimentId },
  );

const queueMissing = (id: number, entrypointId: number) =>
  invalid(
    'not_registered',
    `queue: the queue ${id} is not attached to the entrypoint ${entrypointId}; attach it first.`,
    { entity: queueKind.type, resource_id: id, entrypoint_id: entrypointId },
  );

const requireReadable = (ctx: Context, entity: string, item: Item): void =>
  requirePermission(ctx, 'read', {
    groupId: item.groupId as number,
    entity,
    lookup: { resource_id: item.id },
  });

/** The three resources that a job binds, in one round trip. */
async function loadParts(ctx: Context, input: NewJob): Promise<Parts> {
  const { experimentId, entrypointId, queueId } = input;
  const lookup = { resource_id: experimentId };
  const ids = [experimentId, entrypointId, queueId];
  const [first, second, third] = await ctx.table.batchGet(ids.map(resourceKeys.current));
  if (first?.type !== experimentKind.type || first === undefined) {
    throw notFound(experimentKind.type, lookup);
  }
  const experiment = await readCurrent<Experiment['data']>(ctx, first);
  requirePermission(ctx, 'write', { groupId: experiment.groupId, entity: 'experiment', lookup });
  if (experiment.deletedOn !== undefined) throw deletedError(experimentKind, experimentId);
  if (second === undefined || !entrypointIds(experiment).includes(entrypointId)) {
    throw entrypointMissing(entrypointId, experimentId);
  }
  requireReadable(ctx, entrypointKind.type, second);
  const newest = await readCurrent<Entrypoint['data']>(ctx, second);
  const entrypoint = await atSnapshot(ctx, newest, input.entrypointSnapshot);
  // A queue of another group must look like one that is missing.
  if (third?.type !== queueKind.type || third === undefined) {
    throw queueMissing(queueId, entrypointId);
  }
  const queue = await readCurrent<Queue['data']>(ctx, third);
  rememberRefs(ctx, [experiment, entrypoint, queue]);
  await requireQueue(ctx, { experiment, entrypoint, queue });
  requireReadable(ctx, queueKind.type, third);
  if (queue.deletedOn !== undefined) throw notFound(queueKind.type, { resource_id: queueId });
  return { experiment, entrypoint, queue };
}

async function atSnapshot(
  ctx: Context,
  entrypoint: Entrypoint,
  snapshot: number | undefined,
): Promise<Entrypoint> {
  if (snapshot === undefined || snapshot === entrypoint.snapshot) return entrypoint;
  const version = await getSnapshot(ctx, entrypointKind, entrypoint.id, snapshot);
  return { ...entrypoint, snapshot, data: version.data };
}

/** The queue must be attached to some entrypoint of the experiment. */
async function requireQueue(ctx: Context, { experiment, entrypoint, queue }: Parts): Promise<void> {
  if (queueIds(entrypoint).includes(queue.id)) return;
  const others = entrypointIds(experiment).filter((id) => id !== entrypoint.id);
  const live = [...(await readRefs(ctx, others)).values()].filter((other) => !other.deletedOn);
  if (live.some(({ links }) => links.queues?.includes(queue.id))) return;
  throw queueMissing(queue.id, entrypoint.id);
}

const bound = (resource: { id: number; snapshot: number; data: { name: string } }) => ({
  id: resource.id,
  snapshot: resource.snapshot,
  name: resource.data.name,
});

function firstRow(ctx: Context, parts: Parts, seconds: number): Omit<JobRow, 'dueOn'> {
  const pool = poolOf(ctx, parts.queue.data.name);
  return {
    state: 'queued',
    submittedBy: 'userId' in ctx.actor ? ctx.actor.userId : 0,
    groupName: groupNameOf(ctx, parts.experiment.groupId),
    pool: pool.name,
    external: pool.kind === 'external',
    timeoutSeconds: seconds,
    attempt: 0,
    lost: 0,
  };
}

/**
 * Submits a job: the job, its first snapshot and the mark that its message is not sent yet
 * are one transaction; the message follows, and what is not sent now the sweeper sends. Throws
 * `not_found`, `forbidden`, `deleted`, `invalid` (`not_registered`, `job_parameter_…`,
 * `swap_choice`, `swaps_unspecified`, `artifact_…`, `parameter_type_mismatch`, `job_timeout`).
 */
export async function submitJob(ctx: Context, input: NewJob): Promise<Job> {
  const parts = await loadParts(ctx, input);
  const { experiment, entrypoint, queue } = parts;
  requirePermission(ctx, 'write', {
    groupId: experiment.groupId,
    entity: 'experiment',
    lookup: { resource_id: experiment.id },
  });
  requireKnownValues(entrypoint, input.values);
  const swaps = await jobSwaps(entrypoint.data, input.swaps);
  const values = jobValues(entrypoint, input.values, choicesOf({ swaps }));
  await checkArtifactValues(ctx, entrypoint, input.artifactValues);
  const row = firstRow(ctx, parts, timeoutSeconds(input.timeout));
  const resource = await newResource(ctx, jobKind, {
    groupId: experiment.groupId,
    data: {
      description: input.description,
      experiment: bound(experiment),
      entrypoint: bound(entrypoint),
      queue: bound(queue),
      values,
      artifactValues: input.artifactValues,
      timeout: input.timeout,
      ...(swaps.length > 0 ? { swaps } : {}),
      status: 'queued',
    },
  });
  const wake = row.external
    ? waiting(resource.id, row.pool)
    : due(resource.id, resource.createdOn + UNSENT_SECONDS * 1000);
  const planned = await createWrites(ctx, jobKind, resource, { ...row, ...wake });
  const alive = check(resourceKeys.current(experiment.id), missing('deletedOn'));
  const outcome = await ctx.table.transact([...planned.writes, alive]);
  if (!outcome.ok) throw conflict('write_conflict', 'The experiment changed meanwhile; try again.');
  const job: Job = { ...resource, ...row };
  afterWrite(ctx, jobKind, job);
  if (!row.external) await sendJob(ctx, job, { markOnly: true });
  return job;
}
