import type { Context } from '#kernel/context.ts';
import { refuse } from '../refuse.ts';
import { takeStep } from './commit.ts';
import type { ExperimentPlace } from './experiment.items.ts';
import type { Found } from './find.ts';
import { requireLaunchable } from './rules.ts';

/** Begins an experiment now; its flag is switched on with it. Throws `invalid` unless it is a draft. */
export const launchExperiment = (ctx: Context, place: ExperimentPlace): Promise<Found> =>
  takeStep(ctx, place, ({ experiment, flag }) => {
    if (experiment.startDate !== null) throw refuse('Experiment has already been launched.');
    requireLaunchable(flag);
    return {
      experiment: { startDate: ctx.clock.now() },
      ...(flag.active ? { holdsFlag: true } : { flag: { active: true } }),
    };
  });
