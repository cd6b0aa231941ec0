import type { Context } from '#kernel/context.ts';
import { takeStep } from './commit.ts';
import type { Conclusion, ExperimentPlace } from './experiment.items.ts';
import type { Found } from './find.ts';
import { requireUnderWay } from './pause.ts';

/** What people make of an experiment. */
export interface Verdict {
  readonly conclusion?: Conclusion | null;
  readonly conclusionComment?: string | null;
}

/**
 * Ends an experiment now, with this verdict in the place of what was said before. Its flag stays as it is.
 * Throws `invalid` unless it is under way.
 */
export const endExperiment = (
  ctx: Context,
  place: ExperimentPlace,
  { conclusion = null, conclusionComment = null }: Verdict,
): Promise<Found> =>
  takeStep(ctx, place, ({ experiment }) => {
    requireUnderWay(experiment);
    return { experiment: { endDate: ctx.clock.now(), conclusion, conclusionComment } };
  });
