import { collectionKeys, requireInProject } from '#domain/projects/index.ts';
import type { Context } from '#kernel/context.ts';
import type { Holdout } from '../holdouts/holdout.items.ts';
import type { SavedMetric } from '../saved-metrics/saved-metric.items.ts';
import type { Found } from './find.ts';
import { savedMetricsOf } from './saved-metric-links.ts';

/** What experiments name, by ids; what is gone is missing. */
export interface ExperimentDetails {
  readonly holdouts: ReadonlyMap<number, Holdout>;
  readonly savedMetrics: ReadonlyMap<number, SavedMetric>;
}

async function holdoutsOf(
  ctx: Context,
  groupId: number,
  ids: readonly number[],
): Promise<ReadonlyMap<number, Holdout>> {
  requireInProject(ctx, 'read', 'holdout', { groupId });
  const unique = [...new Set(ids)];
  if (unique.length === 0) return new Map();
  const items = await ctx.table.batchGet(
    unique.map((id) => collectionKeys.row('holdout', groupId, id)),
  );
  const rows = items.flatMap((item) => (item === undefined ? [] : [item as unknown]));
  return new Map((rows as Holdout[]).map((row) => [row.id, row]));
}

/** The holdouts and saved metrics that some experiments of a project name. */
export async function detailsOf(
  ctx: Context,
  groupId: number,
  all: readonly Found[],
): Promise<ExperimentDetails> {
  const [holdouts, savedMetrics] = await Promise.all([
    holdoutsOf(
      ctx,
      groupId,
      all.flatMap(({ experiment }) => experiment.holdoutId ?? []),
    ),
    savedMetricsOf(
      ctx,
      groupId,
      all.flatMap(({ experiment }) => experiment.savedMetrics.map((link) => link.savedMetricId)),
    ),
  ]);
  return { holdouts, savedMetrics };
}
