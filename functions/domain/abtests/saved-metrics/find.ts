import { findRow } from '#domain/projects/index.ts';
import type { Context } from '#kernel/context.ts';
import type { SavedMetric } from './saved-metric.items.ts';

/** A saved metric of the project. Throws `not_found`. */
export const findSavedMetric = (
  ctx: Context,
  place: { readonly groupId: number; readonly id: number },
): Promise<SavedMetric> => findRow<SavedMetric>(ctx, 'saved_metric', place);
