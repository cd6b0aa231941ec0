import { type Experiment, experimentKind } from '#domain/experiments/index.ts';
import { changeResource, requireMatch, restoreResource } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import { changeDefault, renamingDeleted } from './change-default.ts';
import { experimentMissing, groupOfDefault } from './experiment-ids.ts';
import { forgetExperiment } from './experiment-state.ts';
import { nameExists, readTracked, requireUnusedName } from './experiments.ts';
import { trackedTag } from './tracked.ts';

/** Throws unless the caller expects this version of an experiment, if any. */
type Match = (experiment: Experiment) => void;

/**
 * A change of the resource, where the caller may expect the version that MLflow's dialect shows: what
 * is about to be changed must match, so that of those who expect one version one wins.
 */
async function changed(
  ctx: Context,
  id: number,
  change: (plain: Context, match: Match) => Promise<unknown>,
): Promise<void> {
  const { ifMatch, ...plain } = ctx;
  const { side, experiment } = ifMatch === undefined ? {} : await readTracked(ctx, id);
  const match: Match = (found) => {
    if (side !== undefined) requireMatch(ctx, trackedTag(found, side.item));
  };
  if (experiment !== undefined) match(experiment);
  await change(plain, match);
  forgetExperiment(ctx, id);
}

/** The same name error as when experiments are made. */
function rethrown(error: unknown): never {
  if (!(error instanceof AppError) || error.reason !== 'entity_exists') throw error;
  const { name } = error.detail.entity_attributes as { readonly name: string };
  throw nameExists(name);
}

/** Throws `conflict` (`entity_exists`) for a name that another has or, deleted, had. */
export async function renameExperiment(
  ctx: Context,
  input: { readonly id: number; readonly name: string },
): Promise<void> {
  const { id, name } = input;
  if (groupOfDefault(id) !== undefined) return changeDefault(ctx, id, { kind: 'rename', name });
  await changed(ctx, id, (plain, match) =>
    changeResource(plain, experimentKind, id, async (found) => {
      match(found);
      const { data, deletedOn, groupId } = found;
      if (deletedOn !== undefined) throw renamingDeleted();
      if (data.name === name) return undefined;
      await requireUnusedName(ctx, groupId, name);
      return { data: { ...data, name }, nameRule: 'unused' };
    }),
  ).catch(rethrown);
}

/** Its runs count as deleted with it. Throws `not_found` where it is deleted already. */
export async function deleteExperiment(ctx: Context, id: number): Promise<void> {
  if (groupOfDefault(id) !== undefined) return changeDefault(ctx, id, { kind: 'delete' });
  await changed(ctx, id, (plain, match) =>
    changeResource(plain, experimentKind, id, (found) => {
      match(found);
      if (found.deletedOn !== undefined) throw experimentMissing(id);
      return { deleted: true };
    }),
  );
}

/** What is being removed for good is gone for whoever would have it back. */
function requireKept({ id, removedOn }: Experiment): void {
  if (removedOn !== undefined) throw experimentMissing(id);
}

/**
 * Brings a deleted experiment back, and those of its runs that were not deleted by themselves. Throws
 * `not_found` where it is not deleted, `conflict` (`entity_exists`) where its name was taken meanwhile.
 */
export async function restoreExperiment(ctx: Context, id: number): Promise<void> {
  if (groupOfDefault(id) !== undefined) return changeDefault(ctx, id, { kind: 'restore' });
  await changed(ctx, id, (plain) => restoreResource(plain, experimentKind, id, requireKept)).catch(
    rethrown,
  );
}
