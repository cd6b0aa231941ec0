import { activeExperiment, type Entry, experimentLookup, runName } from '#domain/tracking/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { unavailable } from '#kernel/errors.ts';
import { newModelItems } from './logged-model.items.ts';
import {
  checkedParams,
  checkedTags,
  type LoggedModel,
  type LoggedModelDetail,
  requireModelName,
  requireShort,
} from './schemas.ts';

export interface NewLoggedModel {
  readonly experimentId: number;
  /** Made up unless given. */
  readonly name?: string;
  readonly type: string;
  readonly sourceRunId: string;
  readonly params: readonly Entry[];
  readonly tags: readonly Entry[];
}

/**
 * Makes a model whose files are still to come. A job's own child may do so in the experiment of
 * its job.
 */
export async function createLoggedModel(
  ctx: Context,
  input: NewLoggedModel,
): Promise<LoggedModelDetail> {
  const { actor } = ctx;
  const { experimentId } = input;
  const { groupId, artifactRoot } = await activeExperiment(ctx, experimentId);
  const inItsJob = actor.kind === 'job' && actor.experimentId === experimentId;
  requirePermission(ctx, 'write', {
    groupId,
    entity: 'experiment',
    lookup: experimentLookup(experimentId),
    ...(inItsJob ? { jobId: actor.jobId } : {}),
  });
  if (input.name !== undefined) requireModelName(input.name);
  requireShort(input.type, 'model_type');
  requireShort(input.sourceRunId, 'source_run_id');
  const params = checkedParams(input.params);
  const tags = checkedTags(input.tags);
  const now = ctx.clock.now();
  const model: LoggedModel = {
    id: `m-${ctx.ids.hex32()}`,
    experimentId,
    groupId,
    ...(inItsJob ? { jobId: actor.jobId, attempt: actor.attempt } : {}),
    name: input.name ?? runName(ctx.ids.hex32()),
    type: input.type,
    sourceRunId: input.sourceRunId,
    status: 'PENDING',
    ...(artifactRoot === undefined ? {} : { artifactRoot }),
    createdOn: now,
    updatedOn: now,
  };
  const outcome = await ctx.table.transact(newModelItems(model, params, tags));
  if (!outcome.ok) throw unavailable('The logged model could not be made; try again.');
  return { model, params, tags, metrics: [] };
}
