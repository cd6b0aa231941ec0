import {
  type Batch,
  historyPlace,
  logBatch,
  logMetrics,
  type NamedPoint,
} from '#domain/tracking/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import type { Write } from '#kernel/table.ts';
import { metricWrite } from './logged-model.items.ts';
import { type ModelMetric, requireShort } from './schemas.ts';
import { modelPointer, targetOf } from './scope.ts';

/** A point, and the model and dataset that it was measured with, if it was. */
export interface ReportedPoint extends NamedPoint {
  readonly modelId?: string;
  readonly datasetName?: string;
  readonly datasetDigest?: string;
}

/** The latest point of each metric, by what it was measured on. */
function latestOf(runId: string, points: readonly ReportedPoint[]): readonly ModelMetric[] {
  const latest = new Map<string, ModelMetric>();
  for (const { modelId: _modelId, ...point } of points) {
    const name = JSON.stringify([point.key, point.datasetName, point.datasetDigest]);
    const other = latest.get(name);
    if (other === undefined || historyPlace(point) > historyPlace(other)) {
      latest.set(name, { ...point, runId });
    }
  }
  return [...latest.values()];
}

async function writesOfModel(
  ctx: Context,
  input: { readonly modelId: string; readonly runId: string },
  points: readonly ReportedPoint[],
): Promise<readonly Write[]> {
  const pointer = await modelPointer(ctx, input.modelId);
  requirePermission(ctx, 'write', targetOf(pointer));
  for (const { datasetName = '', datasetDigest = '' } of points) {
    requireShort(datasetName, 'dataset_name');
    requireShort(datasetDigest, 'dataset_digest');
  }
  return latestOf(input.runId, points).map((metric) => metricWrite(pointer, metric));
}

/** What to write with the models that points name. Throws `not_found` for a model that is not there. */
async function modelWrites(
  ctx: Context,
  runId: string,
  points: readonly ReportedPoint[],
): Promise<readonly Write[]> {
  const ofModels = points.filter(({ modelId }) => modelId !== undefined);
  const byModel = Map.groupBy(ofModels, ({ modelId = '' }) => modelId);
  const writes = await Promise.all(
    [...byModel].map(([modelId, own]) => writesOfModel(ctx, { modelId, runId }, own)),
  );
  return writes.flat();
}

/**
 * Logs a point of a metric of a run. One that names a logged model is also kept with it, which
 * shows the latest of each metric, dataset and run.
 */
export async function logReportedMetric(
  ctx: Context,
  { runId, point }: { readonly runId: string; readonly point: ReportedPoint },
): Promise<void> {
  const beside = await modelWrites(ctx, runId, [point]);
  await logMetrics(ctx, { runId, points: [point], beside });
}

/** The same with many points, params and tags in one call. */
export async function logReported(
  ctx: Context,
  batch: Omit<Batch, 'metrics' | 'beside'> & { readonly metrics: readonly ReportedPoint[] },
): Promise<void> {
  const beside = await modelWrites(ctx, batch.runId, batch.metrics);
  await logBatch(ctx, { ...batch, beside });
}
