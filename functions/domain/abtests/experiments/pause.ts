import type { Flag } from '#domain/flags/index.ts';
import type { Context } from '#kernel/context.ts';
import { refuse } from '../refuse.ts';
import { takeStep } from './commit.ts';
import type { Experiment, ExperimentPlace } from './experiment.items.ts';
import type { Found } from './find.ts';

/** Throws unless an experiment is on its way. */
export function requireUnderWay({ startDate, endDate }: Experiment): void {
  if (startDate === null) throw refuse('Experiment has not been launched yet.');
  if (endDate !== null) throw refuse('Experiment has already ended.');
}

/** The flag of an experiment, deleted ones aside. Throws `invalid` where it has none. */
export function requireFlag({ flag }: Found): Flag {
  if (flag !== undefined && !flag.deleted) return flag;
  throw refuse('Experiment does not have a linked feature flag.');
}

/** Switches the flag off for a while: nobody new takes part. Throws `invalid` unless it runs. */
export const pauseExperiment = (ctx: Context, place: ExperimentPlace): Promise<Found> =>
  takeStep(ctx, place, (found) => {
    requireUnderWay(found.experiment);
    if (!requireFlag(found).active) throw refuse('Experiment is already paused.');
    return { flag: { active: false } };
  });
