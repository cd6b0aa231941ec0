import * as z from 'zod';
import { logReported, logReportedMetric } from '#domain/logged-models/index.ts';
import { logParams } from '#domain/tracking/index.ts';
import { type Route, route, writes } from '#http/route.ts';
import { Entry, MetricFields, runId } from './fields.ts';

const MAX_BATCH_BYTES = 1_000_000;

/** The model and the dataset that a point was measured with; empty counts as none. */
const OnModel = {
  model_id: z.string().optional(),
  dataset_name: z.string().optional(),
  dataset_digest: z.string().optional(),
};
const Metric = z.object({ ...MetricFields, ...OnModel });

const Batch = z.object({
  run_id: runId(),
  metrics: z.array(Metric).default([]),
  params: z.array(Entry).default([]),
  tags: z.array(Entry).default([]),
});

function toPoint(metric: z.output<typeof Metric>) {
  const { key, value, timestamp, step = 0n } = metric;
  const { model_id: modelId, dataset_name: datasetName, dataset_digest: datasetDigest } = metric;
  const point = { key, value, timestamp, step };
  // Nearly all points are of no model and no dataset, and there are a thousand in a call.
  if (!modelId && !datasetName && !datasetDigest) return point;
  return {
    ...point,
    ...(modelId ? { modelId } : {}),
    ...(datasetName ? { datasetName } : {}),
    ...(datasetDigest ? { datasetDigest } : {}),
  };
}

const logMetric = route({
  method: 'POST',
  path: '/runs/log-metric',
  operationId: 'logMetric',
  summary: 'Log one value of a metric.',
  access: writes('run', { jobs: true }),
  repeatable: true,
  body: Metric.extend({ run_id: runId() }),
  handle: async ({ ctx, body: { run_id: id, ...metric } }) => {
    await logReportedMetric(ctx, { runId: id, point: toPoint(metric) });
    return {};
  },
});

const logParam = route({
  method: 'POST',
  path: '/runs/log-parameter',
  operationId: 'logParam',
  summary: 'Log a param, once.',
  access: writes('run', { jobs: true }),
  repeatable: true,
  body: Entry.extend({ run_id: runId() }),
  handle: async ({ ctx, body: { run_id: id, ...param } }) => {
    await logParams(ctx, { runId: id, params: [param] });
    return {};
  },
});

const logAll = route({
  method: 'POST',
  path: '/runs/log-batch',
  operationId: 'logBatch',
  summary: 'Log metrics, params and tags.',
  access: writes('run', { jobs: true }),
  repeatable: true,
  body: Batch,
  maxBodyBytes: MAX_BATCH_BYTES,
  handle: async ({ ctx, body: { run_id: id, metrics, ...rest } }) => {
    await logReported(ctx, { runId: id, metrics: metrics.map(toPoint), ...rest });
    return {};
  },
});

export const loggingRoutes: readonly Route[] = [logMetric, logParam, logAll];
