import type { Context } from '#kernel/context.ts';
import { refuse } from '../refuse.ts';
import { takeStep } from './commit.ts';
import type { ExperimentPlace } from './experiment.items.ts';
import type { Found } from './find.ts';

/** Makes an experiment a draft again; its flag stays as it is. Throws `invalid` where it is one. */
export const resetExperiment = (ctx: Context, place: ExperimentPlace): Promise<Found> =>
  takeStep(ctx, place, ({ experiment }) => {
    if (experiment.startDate === null) throw refuse('Experiment is already in draft state.');
    return {
      experiment: {
        startDate: null,
        endDate: null,
        archived: false,
        conclusion: null,
        conclusionComment: null,
      },
    };
  });
