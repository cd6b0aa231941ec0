import type { Context } from '#kernel/context.ts';
import { refuse } from '../refuse.ts';
import { takeStep } from './commit.ts';
import type { ExperimentPlace } from './experiment.items.ts';
import type { Found } from './find.ts';

/** Puts an experiment that has ended away. Throws `invalid` for one that has not, or that is away. */
export const archiveExperiment = (ctx: Context, place: ExperimentPlace): Promise<Found> =>
  takeStep(ctx, place, ({ experiment }) => {
    if (experiment.archived) throw refuse('Experiment is already archived.');
    if (experiment.endDate === null) {
      throw refuse('Experiment must be ended before it can be archived.');
    }
    return { experiment: { archived: true } };
  });
