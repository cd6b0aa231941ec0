import { type Entrypoint, entrypointKind, queueIds } from '#domain/entrypoints/index.ts';
import { type Experiment, entrypointIds, experimentKind } from '#domain/experiments/index.ts';
import { type Queue, queueKind } from '#domain/queues/index.ts';
import {
  deletedError,
  getSnapshot,
  readCurrent,
  readRefs,
  rememberRefs,
  resourceKeys,
} from '#domain/resources/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { invalid, notFound } from '#kernel/errors.ts';
import type { Item } from '#kernel/table.ts';
import type { Job } from '../job.ts';
import type { SwapWish } from './choose-swaps.ts';
import { choicesOf, jobSwaps } from './job-swaps.ts';
import { checkArtifactValues, jobValues, requireKnownValues } from './job-values.ts';
import { bound, type JobWishes, storeJob } from './store-job.ts';

export interface NewJob extends JobWishes {
  readonly experimentId: number;
  readonly entrypointId: number;
  readonly queueId: number;
  readonly description: string;
  readonly values: { readonly [name: string]: string };
  readonly artifactValues: {
    readonly [name: string]: { readonly id: number; readonly snapshotId: number };
  };
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

/**
 * Submits a job of an entrypoint. Throws
 * `not_found`, `forbidden`, `deleted`, `invalid` (`not_registered`, `job_parameter_…`,
 * `swap_choice`, `swaps_unspecified`, `artifact_…`, `parameter_type_mismatch`), and what `storeJob` does.
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
  return storeJob(ctx, {
    experiment,
    queue,
    wishes: input,
    data: {
      description: input.description,
      experiment: bound(experiment),
      entrypoint: bound(entrypoint),
      values,
      artifactValues: input.artifactValues,
      ...(swaps.length > 0 ? { swaps } : {}),
    },
  });
}
