import type { Context } from '#kernel/context.ts';
import { refuse } from '../refuse.ts';
import { takeStep } from './commit.ts';
import type { ExperimentPlace } from './experiment.items.ts';
import type { Found } from './find.ts';

/** Gets an experiment back from where it was put away. Throws `invalid` where it is not away. */
export const unarchiveExperiment = (ctx: Context, place: ExperimentPlace): Promise<Found> =>
  takeStep(ctx, place, ({ experiment }) => {
    if (!experiment.archived) throw refuse('Experiment is not archived.');
    return { experiment: { archived: false } };
  });
