import { experimentKind } from '#domain/experiments/index.ts';
import { listExperimentJobs } from '#domain/jobs/index.ts';
import { requireMatch, resourceKeys } from '#domain/resources/index.ts';
import {
  experimentLookup,
  forgetExperiment,
  readTracked,
  removalOf,
  trackedTag,
} from '#domain/tracking/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { conflict, invalid } from '#kernel/errors.ts';
import { all, compare, exists, missing, update, type Write } from '#kernel/table.ts';

/** Marks an experiment as it was read, deleted; whoever restores it meanwhile wins, or comes too late. */
export const removalWrite = (id: number, revision: number, now: number): Write =>
  update(
    resourceKeys.current(id),
    { set: { ...removalOf(now, `EXP#${id}`), revision: revision + 1 } },
    all(compare('revision', '=', revision), exists('deletedOn'), missing('removedOn')),
  );

/** Jobs that ran in it are kept, and what they made. */
export async function hasJobs(ctx: Context, experimentId: number): Promise<boolean> {
  const { total } = await listExperimentJobs(ctx, experimentId, { index: 0, pageLength: 1 });
  return total > 0;
}

/**
 * Removes a deleted experiment for good with its runs, traces and logged models and their files, within
 * minutes; from now on it cannot be restored. For those who manage its group. Throws `invalid`, `conflict`.
 */
export async function removeExperiment(ctx: Context, id: number): Promise<void> {
  const { experiment, side } = await readTracked(ctx, id);
  requirePermission(ctx, 'manage', {
    groupId: experiment.groupId,
    entity: experimentKind.type,
    lookup: experimentLookup(id),
  });
  requireMatch(ctx, trackedTag(experiment, side.item));
  if (id < 0) throw invalid('default_experiment', 'The experiment of a group is always there.');
  if (experiment.deletedOn === undefined) {
    throw invalid('experiment_not_deleted', 'Only a deleted experiment can be removed: delete it.');
  }
  if (experiment.removedOn !== undefined) return;
  if (await hasJobs(ctx, id)) {
    throw invalid('experiment_has_jobs', 'Jobs ran in this experiment: delete them first.');
  }
  const outcome = await ctx.table.write(removalWrite(id, experiment.revision, ctx.clock.now()));
  if (!outcome.ok) {
    throw conflict('write_conflict', 'The experiment is being changed by others; try again.');
  }
  forgetExperiment(ctx, id);
}
