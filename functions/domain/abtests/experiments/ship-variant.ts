import type { Context } from '#kernel/context.ts';
import { refuse } from '../refuse.ts';
import { takeStep } from './commit.ts';
import type { Verdict } from './end.ts';
import type { ExperimentPlace } from './experiment.items.ts';
import type { Found } from './find.ts';
import { shippedFilters } from './flag-filters.ts';
import { requireFlag } from './pause.ts';
import { requireVariant } from './rules.ts';

export type Shipment = Verdict & {
  readonly variantKey: string;
  /** Not only to those whom the flag is for. */
  readonly toEveryone: boolean;
};

/**
 * Gives all who take part one variant, and ends the experiment where it has not ended; a verdict is
 * taken only where one is given. Throws `invalid` for a draft and for a variant that there is not.
 */
export const shipVariant = (
  ctx: Context,
  place: ExperimentPlace,
  { variantKey, toEveryone, conclusion, conclusionComment }: Shipment,
): Promise<Found> =>
  takeStep(ctx, place, (found) => {
    const { experiment } = found;
    if (experiment.startDate === null) throw refuse('Experiment has not been launched yet.');
    const flag = requireFlag(found);
    requireVariant(flag, variantKey);
    const description = `Everybody, since variant '${variantKey}' of experiment '${experiment.name}' was shipped`;
    const filters = shippedFilters(flag.filters, {
      variantKey,
      ...(toEveryone ? { everybody: { description } } : {}),
    });
    return {
      flag: { filters },
      experiment: {
        ...(experiment.endDate === null && { endDate: ctx.clock.now() }),
        ...(conclusion !== undefined && { conclusion }),
        ...(conclusionComment !== undefined && { conclusionComment }),
      },
    };
  });
