import { commitRows, readCollection, requireInProject } from '#domain/projects/index.ts';
import { whileContended } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { finished } from '../experiments/commit.ts';
import type { Experiment } from '../experiments/experiment.items.ts';
import { batchOf, experimentsUnchanged } from '../unlinked.ts';
import { findSavedMetric } from './find.ts';
import type { SavedMetric } from './saved-metric.items.ts';

/** Experiments of one transaction, which takes a hundred writes at most. */
const BATCH = 50;

function without(
  ctx: Context,
  before: Experiment,
  { id, query: { uuid } }: SavedMetric,
): Experiment {
  const others = (order: readonly string[] | null) =>
    order?.filter((each) => each !== uuid) ?? null;
  return finished(ctx, before, {
    savedMetrics: before.savedMetrics.filter(({ savedMetricId }) => savedMetricId !== id),
    primaryOrder: others(before.primaryOrder),
    secondaryOrder: others(before.secondaryOrder),
  });
}

/** Frees some experiments of the metric, or removes it once it is named by none. */
async function step(
  ctx: Context,
  place: { readonly groupId: number; readonly id: number },
): Promise<boolean> {
  const { groupId, id } = place;
  requireInProject(ctx, 'write', 'saved_metric', place);
  const before = await findSavedMetric(ctx, place);
  const { version, rows } = await readCollection<Experiment>(ctx, 'experiment', groupId);
  const linked = rows.filter(({ savedMetrics }) =>
    savedMetrics.some(({ savedMetricId }) => savedMetricId === id),
  );
  if (linked.length === 0) {
    const unchanged = experimentsUnchanged(groupId, version);
    await commitRows(ctx, [{ name: 'saved_metric', before }], [unchanged]);
    return true;
  }
  await commitRows(
    ctx,
    batchOf(linked, BATCH).map((row) => ({
      name: 'experiment',
      before: row,
      after: without(ctx, row, before),
    })),
  );
  return false;
}

/** Removes a saved metric for good, first from the experiments that are measured by it. Throws `not_found`. */
export async function removeSavedMetric(
  ctx: Context,
  place: { readonly groupId: number; readonly id: number },
): Promise<void> {
  let isDone = false;
  while (!isDone) isDone = await whileContended(ctx, () => step(ctx, place));
}
