import { experimentKind } from '#domain/experiments/index.ts';
import { listExperimentJobs } from '#domain/jobs/index.ts';
import { requireMatch, resourceKeys } from '#domain/resources/index.ts';
import {
  experimentLookup,
  forgetExperiment,
  hasLockedRuns,
  readTracked,
  removalOf,
  trackedTag,
} from '#domain/tracking/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { AppError, conflict, invalid } from '#kernel/errors.ts';
import { all, compare, exists, missing, update, type Write } from '#kernel/table.ts';

/** Marks an experiment as it was read, deleted; whoever restores it meanwhile wins, or comes too late. */
export const removalWrite = (id: number, revision: number, now: number): Write =>
  update(
    resourceKeys.current(id),
    { set: { ...removalOf(now, `EXP#${id}`), revision: revision + 1 } },
    all(compare('revision', '=', revision), exists('deletedOn'), missing('removedOn')),
  );

/** Why an experiment stays: jobs that ran in it are kept, and what they made, and so are locked runs. */
export async function whyKept(
  ctx: Context,
  experiment: { readonly id: number; readonly groupId: number },
): Promise<AppError | undefined> {
  const { total } = await listExperimentJobs(ctx, experiment.id, { index: 0, pageLength: 1 });
  if (total > 0) {
    return invalid('experiment_has_jobs', 'Jobs ran in this experiment: delete them first.');
  }
  if (!(await hasLockedRuns(ctx, experiment))) return undefined;
  const message = 'Runs of this experiment are locked: restore it and unlock them first.';
  return new AppError('locked', message, { reason: 'experiment_has_locked_runs' });
}

/**
 * Removes a deleted experiment for good with its runs, traces and logged models and their files, within
 * minutes; from now on it cannot be restored. For those who manage its group. Throws `invalid`, `conflict`
 * and, for its locked runs, `locked`.
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
  const reason = await whyKept(ctx, experiment);
  if (reason !== undefined) throw reason;
  const outcome = await ctx.table.write(removalWrite(id, experiment.revision, ctx.clock.now()));
  if (!outcome.ok) {
    throw conflict('write_conflict', 'The experiment is being changed by others; try again.');
  }
  forgetExperiment(ctx, id);
}
