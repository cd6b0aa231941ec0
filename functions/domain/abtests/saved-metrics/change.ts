import { commitRows, revised } from '#domain/projects/index.ts';
import { whileContended } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import type { SavedMetricWishes } from './create.ts';
import { findSavedMetric } from './find.ts';
import { parseQuery } from './query.ts';
import type { SavedMetric } from './saved-metric.items.ts';

/** Changes a saved metric, for all experiments that are measured by it. Throws `not_found`, `invalid`. */
export const changeSavedMetric = (
  ctx: Context,
  place: { readonly groupId: number; readonly id: number },
  { name, description, query, tags }: SavedMetricWishes,
): Promise<SavedMetric> =>
  whileContended(ctx, async () => {
    const before = await findSavedMetric(ctx, place);
    const after: SavedMetric = {
      ...revised(ctx, before),
      ...(name !== undefined && { name }),
      ...(description !== undefined && { description }),
      ...(query !== undefined && { query: parseQuery(ctx, query, before.query) }),
      ...(tags !== undefined && { tags }),
    };
    await commitRows(ctx, [{ name: 'saved_metric', before, after }]);
    return after;
  });
