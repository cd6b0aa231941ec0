import { listRows } from '#domain/projects/index.ts';
import type { Context } from '#kernel/context.ts';
import { compareText } from '#kernel/text-order.ts';
import type { SavedMetric } from './saved-metric.items.ts';

/** The saved metrics of a project by their names, in any case. */
export const listSavedMetrics = async (
  ctx: Context,
  groupId: number,
): Promise<readonly SavedMetric[]> =>
  [...(await listRows<SavedMetric>(ctx, 'saved_metric', groupId))].sort(
    (left, right) =>
      compareText(left.name.toLowerCase(), right.name.toLowerCase()) || left.id - right.id,
  );
