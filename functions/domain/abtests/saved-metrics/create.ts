import { commitRows, newRow } from '#domain/projects/index.ts';
import type { Context } from '#kernel/context.ts';
import { parseQuery } from './query.ts';
import type { SavedMetric } from './saved-metric.items.ts';

export interface SavedMetricWishes {
  readonly name?: string;
  readonly description?: string | null;
  /** Unchecked. */
  readonly query?: unknown;
  readonly tags?: readonly string[];
}

/** Saves a metric for all experiments of a project. Throws `invalid` where it is none. */
export async function createSavedMetric(
  ctx: Context,
  {
    groupId,
    name,
    description = null,
    query,
    tags = [],
  }: SavedMetricWishes & { readonly groupId: number; readonly name: string },
): Promise<SavedMetric> {
  const parsed = parseQuery(ctx, query, undefined);
  const row = await newRow(ctx, 'saved_metric', groupId);
  const metric = { ...row, name, description, query: parsed, tags };
  await commitRows(ctx, [{ name: 'saved_metric', after: metric }]);
  return metric;
}
