import type { Context } from '#kernel/context.ts';
import { refuse } from '../refuse.ts';
import { takeStep } from './commit.ts';
import type { ExperimentPlace } from './experiment.items.ts';
import type { Found } from './find.ts';
import { requireFlag, requireUnderWay } from './pause.ts';

/** Switches the flag of a paused experiment on again. Throws `invalid` unless it is paused. */
export const resumeExperiment = (ctx: Context, place: ExperimentPlace): Promise<Found> =>
  takeStep(ctx, place, (found) => {
    requireUnderWay(found.experiment);
    if (requireFlag(found).active) throw refuse('Experiment is not paused.');
    return { flag: { active: true } };
  });
