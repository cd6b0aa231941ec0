import { type Flag, findFlag } from '#domain/flags/index.ts';
import { findRow } from '#domain/projects/index.ts';
import type { Context } from '#kernel/context.ts';
import { ifThere, notFound } from '#kernel/errors.ts';
import type { Experiment, ExperimentPlace } from './experiment.items.ts';

/** An experiment with its feature flag, both as they are now. */
export interface Found {
  readonly experiment: Experiment;
  /** Absent where there is none any more. */
  readonly flag: Flag | undefined;
}

async function flagOf(ctx: Context, { groupId, flagId }: Experiment): Promise<Flag | undefined> {
  return flagId === null ? undefined : ifThere(findFlag(ctx, { groupId, id: flagId }));
}

/** The same whether or not it is deleted. Throws `not_found`. */
export async function findKept(ctx: Context, place: ExperimentPlace): Promise<Found> {
  const experiment = await findRow<Experiment>(ctx, 'experiment', place);
  return { experiment, flag: await flagOf(ctx, experiment) };
}

/** An experiment that is not deleted. Throws `not_found`. */
export async function findExperiment(ctx: Context, place: ExperimentPlace): Promise<Found> {
  const found = await findKept(ctx, place);
  if (found.experiment.deleted) throw notFound('experiment', { id: place.id });
  return found;
}
